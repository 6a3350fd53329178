import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Conversation } from '../conversation/conversation.ts';
import type { Finding } from './finding.ts';

/** A passive check: it holds in every conversation, whatever the scenario is about. */
export interface Rule {
  /** Stable kebab-case name. */
  readonly id: string;
  /** What holds, as a statement. */
  readonly about: string;
  judge(conversation: Conversation, catalogue: Catalogue): Finding[];
}
