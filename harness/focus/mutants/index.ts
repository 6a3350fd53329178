import { anonymityMutants } from './anonymity.ts';
import { callControlMutants } from './call-control.ts';
import { capabilityMutants } from './capabilities.ts';
import { chunkMutants } from './chunks.ts';
import { conferenceDocumentMutants } from './conference-documents.ts';
import { contentMutants } from './content.ts';
import { descriptionMutants } from './description.ts';
import { distributionMutants } from './distribution.ts';
import { framingMutants } from './framing.ts';
import type { Mutant } from './mutant.ts';
import { nicknameComparisonMutants } from './nickname-comparison.ts';
import { nicknameTenureMutants } from './nickname-tenure.ts';
import { nicknameMutants } from './nicknames.ts';
import { noticeMutants } from './notices.ts';
import { privateMessageMutants } from './private-messages.ts';
import { receptionMutants } from './reception.ts';
import { reportMutants } from './reports.ts';
import { responseMutants } from './responses.ts';
import { rosterMutants } from './roster.ts';
import { signallingMutants } from './signalling.ts';
import { subscriptionMutants } from './subscriptions.ts';
import { tlsMutants } from './tls.ts';
import { validationMutants } from './validation.ts';

/** Every mutant, by theme. */
export const mutants: readonly Mutant[] = [
  ...distributionMutants,
  ...contentMutants,
  ...validationMutants,
  ...privateMessageMutants,
  ...capabilityMutants,
  ...descriptionMutants,
  ...signallingMutants,
  ...nicknameComparisonMutants,
  ...nicknameMutants,
  ...nicknameTenureMutants,
  ...anonymityMutants,
  ...rosterMutants,
  ...conferenceDocumentMutants,
  ...subscriptionMutants,
  ...callControlMutants,
  ...reportMutants,
  ...responseMutants,
  ...chunkMutants,
  ...framingMutants,
  ...receptionMutants,
  ...noticeMutants,
  ...tlsMutants,
];
