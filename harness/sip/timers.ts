/** The base values of RFC 3261 §17.1.1.1 in milliseconds; all other SIP timers derive from them. */
export interface TimerValues {
  /** Estimate of the round trip. */
  readonly t1: number;
  /** Longest interval between retransmissions of a non-INVITE request or a response to INVITE. */
  readonly t2: number;
  /** Longest time a message stays in the network. */
  readonly t4: number;
}

export const DEFAULT_TIMERS: TimerValues = { t1: 500, t2: 4000, t4: 5000 };

/** Wait for retransmitted final responses to INVITE, at least 32 s over UDP (RFC 3261 §17.1.1.2, timer D). */
export const TIMER_D_MS = 32_000;

/** An INVITE gets 100 unless the user answers within this time (RFC 3261 §17.2.1). */
export const TRYING_MS = 200;

/** How long a transaction waits for its counterpart: timers B, F, H, J, L, M and N. */
export const transactionTimeout = (timers: TimerValues): number => 64 * timers.t1;

/** How long a connection may take: short enough that a large request can still go by UDP within its transaction. */
export const connectTimeout = (timers: TimerValues): number => 16 * timers.t1;

/** What a transaction has to know of its surroundings. */
export interface TransactionSettings {
  readonly timers: TimerValues;
  /** Streams retransmit by themselves, so nothing is sent twice over them. */
  readonly reliable: boolean;
}
