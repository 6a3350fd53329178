import { distributionRules } from './distribution.ts';
import { syntaxRules } from './message-syntax.ts';
import type { Rule } from './rule.ts';

/** Every passive rule, in the order in which findings are listed. */
export const rules: readonly Rule[] = [...distributionRules, ...syntaxRules];
