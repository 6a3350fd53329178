/**
 * The suite as a library: run it, or use its simulated participants and its chat-room server on their own.
 * `msrpspec/vitest` turns scenarios into tests.
 */
export { UnreachableError, UsageError } from '../cli/usage.ts';
export type { Alteration, WireRewriting } from '../focus/alteration.ts';
export type { Decisions } from '../focus/decisions.ts';
export { type FocusOptions, ReferenceFocus, startFocus } from '../focus/focus.ts';
export type { RoomPolicy, RoomState } from '../focus/room-state.ts';
export type { Address, NetError, Network, TlsIdentity, Transport } from '../net/network.ts';
export { FULL_MEDIA, type MediaProfile } from '../participant/media.ts';
export type { ParticipantOptions } from '../participant/options.ts';
export type { JoinOutcome, MsrpOutcome, SipOutcome } from '../participant/outcome.ts';
export { Participant } from '../participant/participant.ts';
export type { Result } from '../result.ts';
export {
  type FindingRecord,
  type RequirementResult,
  type RunRecord,
  runRecordSchema,
  type ScenarioResult,
} from '../runner/record.ts';
export type { RunObserver } from '../runner/run.ts';
export { exitStatus } from '../runner/summary.ts';
export { realWorld, simulatedWorld, type World } from '../runner/world.ts';
export type { WireEntry } from '../wire/entry.ts';
export type { PlayOptions, RunOptions, TargetOptions } from './options.ts';
export { run } from './run.ts';
