import { acceptedTypes } from './accepted-types.ts';
import { hiddenStayHidden } from './anonymity.ts';
import { answered } from './answered.ts';
import { chunksAddUp } from './chunks.ts';
import { documentVersions, rosterIsComplete } from './conference-documents.ts';
import { distributionRules } from './distribution.ts';
import { reachesAll } from './fan-out.ts';
import { contentUnchanged } from './integrity.ts';
import { syntaxRules } from './message-syntax.ts';
import { refusedReachesNobody } from './never-delivered.ts';
import { nicknamesAreUnique } from './nicknames.ts';
import { privateStaysPrivate } from './private-messages.ts';
import { refusalsHaveTheirCause } from './refusals.ts';
import { reports } from './reports.ts';
import { paths, silentAfterLeave, silentUntilBound, transactionIds } from './requests-of-switch.ts';
import { oneResponse, pathsOfResponses } from './responses.ts';
import type { Rule } from './rule.ts';
import { focusDeclares, offerAnswer } from './session-descriptions.ts';
import { requestsInDialog, sipResponses } from './sip-transactions.ts';
import { subscriptionsAreKept } from './subscriptions.ts';

/** Every passive rule, in the order in which findings are listed. */
export const rules: readonly Rule[] = [
  ...distributionRules,
  contentUnchanged,
  reachesAll,
  refusedReachesNobody,
  refusalsHaveTheirCause,
  privateStaysPrivate,
  acceptedTypes,
  chunksAddUp,
  transactionIds,
  paths,
  silentUntilBound,
  silentAfterLeave,
  oneResponse,
  pathsOfResponses,
  answered,
  reports,
  nicknamesAreUnique,
  documentVersions,
  rosterIsComplete,
  hiddenStayHidden,
  focusDeclares,
  offerAnswer,
  sipResponses,
  requestsInDialog,
  subscriptionsAreKept,
  ...syntaxRules,
];
