import type { Driver } from '../../driver/driver.ts';
import type { Clock } from '../../net/clock.ts';
import type { Running } from '../running.ts';

/** A driver that is up, and what runs behind it. */
export interface OpenDriver {
  readonly driver: Driver;
  readonly running: Running;
}

export interface DriverOptions {
  readonly clock: Clock;
  /** Relative paths start here. */
  readonly folder: string;
  /** Gets everything that a client started here writes. */
  readonly keep?: (text: string) => void;
}
