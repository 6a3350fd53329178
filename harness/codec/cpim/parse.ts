import { err, ok, type Result } from '../../result.ts';
import type { Defect } from '../violation.ts';
import { bareEmptyLine } from './lines.ts';
import type { ParsedCpim } from './message.ts';
import { readMetadata } from './metadata.ts';
import { mimeHeader, readMimeHeaders } from './mime.ts';
import { type CpimPrefixState, scanCpim } from './prefix.ts';

/**
 * Reads a whole Message/CPIM entity (RFC 3862 §2). The content is a view of `octets`. Whatever breaks the format but can
 * still be represented is kept as a defect. The error, one line, is for octets without any metadata header: no CPIM.
 */
export function parseCpim(octets: Buffer): Result<ParsedCpim, string> {
  if (octets.length === 0) return err('the entity has no octets');
  const layout = layoutOf(scanCpim(octets), octets.length);
  const metadata = readMetadata(octets, 0, layout.metadataEnd);
  if (metadata.headers.length === 0 && metadata.defects.length > 0) return err('no metadata header in the first block');

  const defects: Defect[] = [...metadata.defects];
  if (metadata.headers.length === 0) defects.push({ kind: 'no-metadata', offset: 0 });
  if (layout.defect !== undefined) defects.push({ kind: layout.defect, offset: layout.contentStart });
  else noteBareEmptyLine(octets, layout.metadataEnd, defects);

  const mimeHeaders = readMimeHeaders(octets, layout.metadataEnd, layout.contentStart, defects);
  if (layout.defect === undefined && mimeHeader({ mimeHeaders }, 'Content-Type') === undefined)
    defects.push({ kind: 'no-content-type', offset: layout.metadataEnd });
  const { headers, spans } = metadata;
  return ok({ headers, spans, mimeHeaders, content: octets.subarray(layout.contentStart), defects });
}

interface Layout {
  readonly metadataEnd: number;
  readonly contentStart: number;
  readonly defect?: 'compact-form' | 'mime-headers-missing' | 'mime-headers-unterminated' | 'metadata-unterminated';
}

function layoutOf(prefix: CpimPrefixState, length: number): Layout {
  switch (prefix.state) {
    case 'mime-complete': {
      const { metadataEnd, contentStart } = prefix;
      if (prefix.form === 'three-part') return { metadataEnd, contentStart };
      const defect = prefix.form === 'compact' ? 'compact-form' : 'mime-headers-missing';
      return { metadataEnd, contentStart, defect };
    }
    case 'metadata-complete':
      return { metadataEnd: prefix.metadataEnd, contentStart: length, defect: 'mime-headers-unterminated' };
    case 'need-more':
    case 'too-large':
      return { metadataEnd: length, contentStart: length, defect: 'metadata-unterminated' };
  }
}

function noteBareEmptyLine(octets: Buffer, metadataEnd: number, defects: Defect[]): void {
  const offset = bareEmptyLine(octets, metadataEnd);
  if (offset !== undefined) defects.push({ kind: 'bare-line-feed', offset });
}
