import { conferenceVariants } from './conference.ts';
import { messageVariants } from './messages.ts';
import { msrpVariants } from './msrp.ts';
import { nicknameVariants } from './nicknames.ts';
import { orderVariants } from './order.ts';
import { rosterVariants } from './roster.ts';
import { signallingVariants } from './signalling.ts';
import { tellingVariants } from './tellings.ts';
import type { Variant } from './variant.ts';

/** Every legal variant, by theme. */
export const variants: readonly Variant[] = [
  ...messageVariants,
  ...orderVariants,
  ...tellingVariants,
  ...nicknameVariants,
  ...rosterVariants,
  ...conferenceVariants,
  ...signallingVariants,
  ...msrpVariants,
];
