import { addressingMutants } from './addressing.ts';
import { anonymityMutants } from './anonymity.ts';
import { bindingMutants } from './binding.ts';
import { callControlMutants } from './call-control.ts';
import { capabilityMutants } from './capabilities.ts';
import { chunkOctetMutants } from './chunk-octets.ts';
import { chunkMutants } from './chunks.ts';
import { conferenceDocumentMutants } from './conference-documents.ts';
import { contentMutants } from './content.ts';
import { descriptionMutants } from './description.ts';
import { dialogMutants } from './dialogs.ts';
import { distributionMutants } from './distribution.ts';
import { exchangeMutants } from './exchanges.ts';
import { framesWrittenMutants } from './frames-written.ts';
import { framingMutants } from './framing.ts';
import { headerValueMutants } from './header-values.ts';
import { mediaMutants } from './media.ts';
import type { Mutant } from './mutant.ts';
import { nicknameComparisonMutants } from './nickname-comparison.ts';
import { nicknameProfileMutants } from './nickname-profile.ts';
import { nicknameRaceMutants } from './nickname-races.ts';
import { nicknameTenureMutants } from './nickname-tenure.ts';
import { nicknameMutants } from './nicknames.ts';
import { noticeMutants } from './notices.ts';
import { orderingMutants } from './ordering.ts';
import { ownUriMutants } from './own-uris.ts';
import { pathMutants } from './paths.ts';
import { privateMessageMutants } from './private-messages.ts';
import { receptionMutants } from './reception.ts';
import { recipientsAnswerMutants } from './recipients-answers.ts';
import { reportMutants } from './reports.ts';
import { reportsSentMutants } from './reports-sent.ts';
import { responseMutants } from './responses.ts';
import { rosterMutants } from './roster.ts';
import { setupMutants } from './setup.ts';
import { signallingMutants } from './signalling.ts';
import { sipTransportMutants } from './sip-transport.ts';
import { subscriptionMutants } from './subscriptions.ts';
import { tlsMutants } from './tls.ts';
import { validationMutants } from './validation.ts';
import { wrapperReadingMutants } from './wrapper-reading.ts';

/** Every mutant, by theme. */
export const mutants: readonly Mutant[] = [
  ...distributionMutants,
  ...orderingMutants,
  ...contentMutants,
  ...validationMutants,
  ...wrapperReadingMutants,
  ...addressingMutants,
  ...privateMessageMutants,
  ...capabilityMutants,
  ...descriptionMutants,
  ...signallingMutants,
  ...dialogMutants,
  ...exchangeMutants,
  ...sipTransportMutants,
  ...nicknameComparisonMutants,
  ...nicknameProfileMutants,
  ...nicknameMutants,
  ...nicknameTenureMutants,
  ...nicknameRaceMutants,
  ...anonymityMutants,
  ...rosterMutants,
  ...conferenceDocumentMutants,
  ...subscriptionMutants,
  ...callControlMutants,
  ...reportMutants,
  ...responseMutants,
  ...chunkMutants,
  ...framingMutants,
  ...chunkOctetMutants,
  ...recipientsAnswerMutants,
  ...ownUriMutants,
  ...headerValueMutants,
  ...mediaMutants,
  ...framesWrittenMutants,
  ...pathMutants,
  ...bindingMutants,
  ...reportsSentMutants,
  ...receptionMutants,
  ...noticeMutants,
  ...tlsMutants,
  ...setupMutants,
];
