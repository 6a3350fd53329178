import type { MsrpDefectKind } from './defect.ts';
import type { MsrpHeader } from './message.ts';

/** A header line that breaks the grammar; without a header where nothing can be made of it. */
export interface OddHeaderLine {
  readonly header?: MsrpHeader;
  readonly defects: readonly MsrpDefectKind[];
}

const space = 0x20;
const tab = 0x09;

/** Reads a header line without its line end: name, colon, one space, value (RFC 4975 §9). */
export function readHeaderLine(line: string): MsrpHeader | OddHeaderLine {
  const colon = line.indexOf(':');
  const exact =
    colon > 0 &&
    !isBlank(line, 0) &&
    !isBlank(line, colon - 1) &&
    line.charCodeAt(colon + 1) === space &&
    !isBlank(line, colon + 2);
  return exact ? { name: line.slice(0, colon), value: line.slice(colon + 2) } : oddLine(line, colon);
}

function oddLine(line: string, colon: number): OddHeaderLine {
  // There is no folding (RFC 4975 §9), and joining the lines would make up a value that nobody sent.
  if (isBlank(line, 0)) return { defects: ['folded-header'] };
  if (colon < 0) return { defects: ['header-without-colon'] };
  const defects: MsrpDefectKind[] = [];
  let nameEnd = colon;
  while (nameEnd > 0 && isBlank(line, nameEnd - 1)) nameEnd -= 1;
  if (nameEnd < colon) defects.push('blank-before-colon');
  if (nameEnd === 0) defects.push('header-without-name');
  let valueStart = colon + 1;
  while (isBlank(line, valueStart)) valueStart += 1;
  if (line.charCodeAt(colon + 1) !== space) defects.push('no-blank-after-colon');
  else if (valueStart > colon + 2) defects.push('blanks-after-colon');
  return { header: { name: line.slice(0, nameEnd), value: line.slice(valueStart) }, defects };
}

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === space || code === tab;
}
