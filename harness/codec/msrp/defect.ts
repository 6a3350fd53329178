import type { Defect } from '../violation.ts';

/** What the parser lets pass although RFC 4975 §9 does not. */
export type MsrpDefectKind =
  | 'start-line-letter-case'
  | 'start-line-blanks'
  | 'start-line-bare-line-feed'
  | 'header-bare-line-feed'
  | 'empty-line-bare-line-feed'
  | 'end-line-bare-line-feed'
  | 'header-without-colon'
  | 'header-without-name'
  | 'folded-header'
  | 'blank-before-colon'
  | 'no-blank-after-colon'
  | 'blanks-after-colon'
  | 'invalid-utf-8'
  /** The end-line follows the empty line directly: one CRLF short of an empty body, or one too many for no body. */
  | 'short-empty-body';

export interface MsrpDefect extends Defect {
  readonly kind: MsrpDefectKind;
}
