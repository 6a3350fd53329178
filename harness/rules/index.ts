import { acceptedTypes } from './accepted-types.ts';
import { afterRefusals } from './after-refusals.ts';
import { announcedIsTaken } from './announced-is-taken.ts';
import { hiddenStayHidden } from './anonymity.ts';
import { answered } from './answered.ts';
import { chunksAddUp } from './chunks.ts';
import { limitedToClients } from './clients/limited.ts';
import { overIsOver } from './clients/over-is-over.ts';
import { documentVersions, rosterIsComplete } from './conference-documents.ts';
import { connections } from './connections.ts';
import { distributionRules } from './distribution.ts';
import { reachesAll } from './fan-out.ts';
import { abilitiesAreTold, focusShowsItself } from './focus-abilities.ts';
import { foreignFromIsRefused } from './foreign-senders.ts';
import { framing } from './framing.ts';
import { contentUnchanged } from './integrity.ts';
import { messageIds } from './message-ids.ts';
import { syntaxRules } from './message-syntax.ts';
import { notMixed } from './mixing.ts';
import { refusedReachesNobody } from './never-delivered.ts';
import { nicknamesAreUnquoted } from './nickname-display.ts';
import { nicknamesAreUnique } from './nicknames.ts';
import { origins } from './origins.ts';
import { ownTexts } from './own-texts.ts';
import { privateStaysPrivate } from './private-messages.ts';
import { referIsTold } from './refer.ts';
import { refusalsHaveTheirCause } from './refusals.ts';
import { reports } from './reports.ts';
import { reportsOnReports } from './reports-on-reports.ts';
import { paths, silentAfterLeave, silentUntilBound, transactionIds } from './requests-of-switch.ts';
import { oneResponse, pathsOfResponses } from './responses.ts';
import { endpointsAreTold, stateOfConferenceIsTold } from './roster-contents.ts';
import { entitiesAreKept, hiddenInRoster } from './roster-identities.ts';
import { newsComeSoon } from './roster-news.ts';
import type { Rule } from './rule.ts';
import { focusDeclares, offerAnswer } from './session-descriptions.ts';
import { sessionUris } from './session-uris.ts';
import { setupRoles } from './setup-roles.ts';
import { byesOfFocus } from './sip-endings.ts';
import { sipRepetition } from './sip-repetition.ts';
import { sipRouting } from './sip-routing.ts';
import { requestsInDialog, sipResponses } from './sip-transactions.ts';
import { notifyFitsSubscribe, subscribeIsAnswered } from './subscription-answers.ts';
import { subscriptionsAreKept } from './subscriptions.ts';
import { unchangedDescriptions } from './unchanged-descriptions.ts';
import { unknownIsRefused } from './unknown-recipients.ts';
import { urisOfSwitch } from './uris-of-switch.ts';
import { wrappedOnce } from './wrapped-once.ts';

/** Every passive rule, in the order in which findings are listed. */
export const rules: readonly Rule[] = [
  ...distributionRules,
  contentUnchanged,
  notMixed,
  reachesAll,
  refusedReachesNobody,
  unknownIsRefused,
  foreignFromIsRefused,
  refusalsHaveTheirCause,
  privateStaysPrivate,
  ownTexts,
  acceptedTypes,
  announcedIsTaken,
  chunksAddUp,
  wrappedOnce,
  framing,
  transactionIds,
  messageIds,
  urisOfSwitch,
  connections,
  setupRoles,
  paths,
  sessionUris,
  silentUntilBound,
  silentAfterLeave,
  oneResponse,
  pathsOfResponses,
  answered,
  reports,
  reportsOnReports,
  afterRefusals,
  nicknamesAreUnique,
  nicknamesAreUnquoted,
  documentVersions,
  rosterIsComplete,
  endpointsAreTold,
  stateOfConferenceIsTold,
  entitiesAreKept,
  newsComeSoon,
  hiddenStayHidden,
  hiddenInRoster,
  focusDeclares,
  offerAnswer,
  unchangedDescriptions,
  sipResponses,
  requestsInDialog,
  sipRepetition,
  sipRouting,
  byesOfFocus,
  origins,
  subscriptionsAreKept,
  subscribeIsAnswered,
  notifyFitsSubscribe,
  focusShowsItself,
  abilitiesAreTold,
  referIsTold,
  ...syntaxRules,
];

/** What can be judged of MSRP on one connection alone, whoever is at its ends and whatever has been signalled. */
export const rulesOfMessages: readonly Rule[] = [
  chunksAddUp,
  framing,
  transactionIds,
  oneResponse,
  pathsOfResponses,
  reportsOnReports,
  ...syntaxRules,
];

/**
 * What a client under test is held to in every conversation: the rules that hold for whoever is at the other end, and those
 * about clients alone. Of a rule that cites requirements on a switch as well, only the others are held against a client.
 */
export const rulesForClients: readonly Rule[] = [
  acceptedTypes,
  announcedIsTaken,
  chunksAddUp,
  wrappedOnce,
  framing,
  transactionIds,
  messageIds,
  connections,
  setupRoles,
  paths,
  sessionUris,
  silentUntilBound,
  oneResponse,
  pathsOfResponses,
  answered,
  reports,
  reportsOnReports,
  offerAnswer,
  unchangedDescriptions,
  sipResponses,
  requestsInDialog,
  sipRepetition,
  sipRouting,
  byesOfFocus,
  origins,
  afterRefusals,
  overIsOver,
  ...syntaxRules,
].map(limitedToClients);
