import type { Launch } from '../cli/launch.ts';
import { type Target, targetOf } from '../cli/target.ts';
import type { KnownDeviation, Profile } from '../sut/profile/schema.ts';

/** What the profile of a SUT says that a run can find untrue. */
export interface Statements {
  /** Names of capabilities. */
  readonly claimed: readonly string[];
  readonly knownDeviations: readonly KnownDeviation[];
  /** It is started for the run, and started again when it dies. */
  readonly isStartedHere: boolean;
}

/** Without looking at the SUT. @throws UsageError */
export function statementsOf({ suite, options }: Launch): Statements {
  const target = targetOf(options, suite);
  const { capabilities = {}, 'known-deviations': knownDeviations = [] } = profileOf(target);
  const claims: Readonly<Record<string, string | undefined>> = capabilities;
  const claimed = Object.keys(claims).filter((name) => claims[name] === 'claimed');
  return { claimed, knownDeviations, isStartedHere: isStarted(target) };
}

/** As tests are called: the requirement, the scenario, or the one in the other. */
export const nameOf = ({ requirement, scenario }: KnownDeviation): string =>
  [requirement, scenario].filter((one) => one !== undefined).join(' in ');

function profileOf(target: Target): Pick<Profile, 'capabilities' | 'known-deviations'> {
  switch (target.kind) {
    case 'built-in':
      return {};
    case 'profile':
      return target.profile.profile;
    case 'client':
      return target.client.client;
  }
}

function isStarted(target: Target): boolean {
  switch (target.kind) {
    case 'built-in':
      return false;
    case 'profile':
      return target.profile.profile.command !== undefined || target.profile.profile.container !== undefined;
    case 'client':
      return target.client.client.driver.program !== undefined;
  }
}
