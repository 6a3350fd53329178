import type { SdpMedia } from './description.ts';

export interface ReadMediaLine {
  readonly fields: Omit<SdpMedia, 'lines'>;
  /** One line each; empty for a line that keeps to the grammar. */
  readonly faults: readonly string[];
}

const GRAMMAR = /^[^\s/]+ \d+(?:\/\d+)? [^\s/]+(?:\/[^\s/]+)* [^\s]+(?: [^\s]+)*$/;

/** Reads the value of an m= line (RFC 8866 §5.14). A port that is no number reads as 0, the port of a refused line. */
export function readMediaLine(value: string): ReadMediaLine {
  const [media = '', portField = '', protocol = '', ...formats] = value.split(/[ \t]+/).filter((field) => field !== '');
  const faults: string[] = [];
  const [portText = ''] = portField.split('/');
  const port = /^-?\d{1,15}$/.test(portText) ? Number(portText) : Number.NaN;
  if (Number.isNaN(port)) faults.push(`port "${portText.slice(0, 40)}" is no number`);
  else if (port < 0 || port > 65_535) faults.push(`port ${port} is out of range`);
  if (protocol === '') faults.push('protocol is missing');
  else if (formats.length === 0) faults.push('format is missing');
  if (faults.length === 0 && !GRAMMAR.test(value)) faults.push('the line does not keep to the grammar');
  return { fields: { media, port: Number.isNaN(port) ? 0 : port, protocol, formats }, faults };
}
