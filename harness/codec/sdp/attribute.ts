import type { SdpLine } from './description.ts';

/** One a= line; `value` is absent where no colon stands (RFC 8866 §5.13). Names are compared with letter case. */
export interface SdpAttribute {
  readonly name: string;
  readonly value?: string;
}

export function parseAttribute(value: string): SdpAttribute {
  const colon = value.indexOf(':');
  return colon === -1 ? { name: value } : { name: value.slice(0, colon), value: value.slice(colon + 1) };
}

export function attributeLine(name: string, value?: string): SdpLine {
  return { type: 'a', value: value === undefined ? name : `${name}:${value}` };
}

/** All attributes of a section, in order. */
export function attributes(lines: readonly SdpLine[]): readonly SdpAttribute[] {
  return lines.filter(({ type }) => type === 'a').map(({ value }) => parseAttribute(value));
}

/** The attributes of this name, in order. */
export function attributesNamed(lines: readonly SdpLine[], name: string): readonly SdpAttribute[] {
  return attributes(lines).filter((attribute) => attribute.name === name);
}

/** Value of the first attribute of this name; an attribute without a value gives an empty text. */
export function attributeValue(lines: readonly SdpLine[], name: string): string | undefined {
  const [first] = attributesNamed(lines, name);
  return first === undefined ? undefined : (first.value ?? '');
}
