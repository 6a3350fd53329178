import type { Defect } from '../violation.ts';
import { attributeOf, type XmlElement } from './xml.ts';

/** Kinds of simple value; each is also the last part of the defect kind `bad-…` that a wrong value yields. */
type ValueType =
  | 'text'
  | 'unsigned'
  | 'boolean'
  | 'date-time'
  | 'state'
  | 'endpoint-status'
  | 'joining-method'
  | 'disconnection-method'
  | 'media-status'
  | 'available-media-status';

type Occurrence = 'at most one' | 'exactly one' | 'any number' | 'at least one';

interface ComplexType {
  /** In the order the schema binds them to. */
  readonly children: readonly (readonly [name: string, type: string, occurrence: Occurrence])[];
  readonly attributes?: Readonly<Record<string, ValueType>>;
  readonly required?: readonly string[];
}

const valuePatterns: Readonly<Record<ValueType, RegExp>> = {
  text: /^/,
  unsigned: /^\s*\+?\d+\s*$/,
  boolean: /^\s*(true|false|1|0)\s*$/,
  'date-time': /^\s*-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?\s*$/,
  state: /^(full|partial|deleted)$/,
  'endpoint-status':
    /^(pending|dialing-out|dialing-in|alerting|on-hold|connected|muted-via-focus|disconnecting|disconnected)$/,
  'joining-method': /^(dialed-in|dialed-out|focus-owner)$/,
  'disconnection-method': /^(departed|booted|failed|busy)$/,
  'media-status': /^(recvonly|sendonly|sendrecv|inactive)$/,
  'available-media-status': /^(recvonly|sendonly|sendrecv|inactive)$/,
};

/** The complex types of RFC 4575 §6. A type that is no key here is a value type. */
const complexTypes: Readonly<Record<string, ComplexType>> = {
  conference: {
    children: [
      ['conference-description', 'description', 'at most one'],
      ['host-info', 'host', 'at most one'],
      ['conference-state', 'conference-state', 'at most one'],
      ['users', 'users', 'at most one'],
      ['sidebars-by-ref', 'uris', 'at most one'],
      ['sidebars-by-val', 'sidebars', 'at most one'],
    ],
    // The version of the root is judged by RFC 4575 §4.3, which goes beyond the schema.
    attributes: { entity: 'text', state: 'state', version: 'text' },
    required: ['entity'],
  },
  description: {
    children: [
      ['display-text', 'text', 'at most one'],
      ['subject', 'text', 'at most one'],
      ['free-text', 'text', 'at most one'],
      ['keywords', 'text', 'at most one'],
      ['conf-uris', 'uris', 'at most one'],
      ['service-uris', 'uris', 'at most one'],
      ['maximum-user-count', 'unsigned', 'at most one'],
      ['available-media', 'available-media', 'at most one'],
    ],
  },
  host: {
    children: [
      ['display-text', 'text', 'at most one'],
      ['web-page', 'text', 'at most one'],
      ['uris', 'uris', 'at most one'],
    ],
  },
  'conference-state': {
    children: [
      ['user-count', 'unsigned', 'at most one'],
      ['active', 'boolean', 'at most one'],
      ['locked', 'boolean', 'at most one'],
    ],
  },
  'available-media': { children: [['entry', 'available-medium', 'at least one']] },
  'available-medium': {
    children: [
      ['display-text', 'text', 'at most one'],
      ['type', 'text', 'exactly one'],
      ['status', 'available-media-status', 'at most one'],
    ],
    attributes: { label: 'text' },
    required: ['label'],
  },
  uris: { children: [['entry', 'uri-entry', 'at least one']], attributes: { state: 'state' } },
  'uri-entry': {
    children: [
      ['uri', 'text', 'exactly one'],
      ['display-text', 'text', 'at most one'],
      ['purpose', 'text', 'at most one'],
      ['modified', 'execution', 'at most one'],
    ],
  },
  users: { children: [['user', 'user', 'any number']], attributes: { state: 'state' } },
  user: {
    children: [
      ['display-text', 'text', 'at most one'],
      ['associated-aors', 'uris', 'at most one'],
      ['roles', 'roles', 'at most one'],
      ['languages', 'text', 'at most one'],
      ['cascaded-focus', 'text', 'at most one'],
      ['endpoint', 'endpoint', 'any number'],
    ],
    attributes: { entity: 'text', state: 'state' },
  },
  roles: { children: [['entry', 'text', 'at least one']] },
  endpoint: {
    children: [
      ['display-text', 'text', 'at most one'],
      ['referred', 'execution', 'at most one'],
      ['status', 'endpoint-status', 'at most one'],
      ['joining-method', 'joining-method', 'at most one'],
      ['joining-info', 'execution', 'at most one'],
      ['disconnection-method', 'disconnection-method', 'at most one'],
      ['disconnection-info', 'execution', 'at most one'],
      ['media', 'media', 'any number'],
      ['call-info', 'call', 'at most one'],
    ],
    attributes: { entity: 'text', state: 'state' },
  },
  execution: {
    children: [
      ['when', 'date-time', 'at most one'],
      ['reason', 'text', 'at most one'],
      ['by', 'text', 'at most one'],
    ],
  },
  media: {
    children: [
      ['display-text', 'text', 'at most one'],
      ['type', 'text', 'at most one'],
      ['label', 'text', 'at most one'],
      ['src-id', 'text', 'at most one'],
      ['status', 'media-status', 'at most one'],
    ],
    attributes: { id: 'text' },
    required: ['id'],
  },
  call: { children: [['sip', 'dialog', 'at most one']] },
  dialog: {
    children: [
      ['display-text', 'text', 'at most one'],
      ['call-id', 'text', 'exactly one'],
      ['from-tag', 'text', 'exactly one'],
      ['to-tag', 'text', 'exactly one'],
    ],
  },
  sidebars: { children: [['entry', 'conference', 'any number']], attributes: { state: 'state' } },
};

const isValueType = (type: string): type is ValueType => Object.hasOwn(valuePatterns, type);

/**
 * Every departure of a conference-info tree from the schema of RFC 4575 §6, in document order. Elements of namespaces
 * other than the root's are passed over. Kinds: `schema-order`, `schema-unknown-element`, `schema-repeated`,
 * `schema-missing-element`, `schema-missing-attribute`, `schema-attribute`, `unqualified-nickname`, `schema-text`, and
 * `bad-` with the type of a value.
 */
export function schemaDefects(root: XmlElement): Defect[] {
  const defects: Defect[] = [];
  checkElement(root, 'conference', root.namespace, defects);
  return defects;
}

function checkElement(element: XmlElement, type: string, home: string, defects: Defect[]): void {
  const complex = complexTypes[type];
  const report = (kind: string, detail: string): void => {
    defects.push({ kind, offset: element.offset, detail });
  };
  checkAttributes(element, complex, report);
  if (complex === undefined) {
    if (!isValueType(type)) throw new Error(`schema type ${type} is not defined`);
    if (element.children.length > 0) report('schema-unknown-element', `<${element.name}> holds elements`);
    else checkValue(type, element.text, `<${element.name}>`, report);
    return;
  }
  if (/\S/.test(element.text)) report('schema-text', `text inside <${element.name}>`);
  checkChildren(element, complex, home, defects);
}

type Report = (kind: string, detail: string) => void;

function checkValue(type: ValueType, value: string, where: string, report: Report): void {
  const fits = valuePatterns[type].test(value) && (type !== 'unsigned' || Number(value) <= 0xffffffff);
  if (!fits) report(`bad-${type}`, `${where} is "${value.slice(0, 80)}"`);
}

function checkAttributes(element: XmlElement, complex: ComplexType | undefined, report: Report): void {
  const known = complex?.attributes ?? {};
  for (const { name, namespace, value } of element.attributes) {
    if (namespace !== '') continue;
    const type = Object.hasOwn(known, name) ? known[name] : undefined;
    if (type !== undefined) checkValue(type, value, `${name} of <${element.name}>`, report);
    else if (name === 'nickname' && element.name === 'user') report('unqualified-nickname', 'nickname of <user>');
    else report('schema-attribute', `${name} of <${element.name}>`);
  }
  for (const name of complex?.required ?? []) {
    if (attributeOf(element, name) === undefined) report('schema-missing-attribute', `${name} of <${element.name}>`);
  }
}

function checkChildren(element: XmlElement, complex: ComplexType, home: string, defects: Defect[]): void {
  const seen = new Map<string, number>();
  let reached = 0;
  for (const child of element.children) {
    if (child.namespace !== home) {
      if (child.namespace === '') defects.push(unknownElement(child, element));
      else reached = complex.children.length;
      continue;
    }
    const position = complex.children.findIndex(([name]) => name === child.name);
    const particle = complex.children[position];
    if (particle === undefined) {
      defects.push(unknownElement(child, element));
      continue;
    }
    const [name, type, occurrence] = particle;
    const detail = `<${name}> in <${element.name}>`;
    if (position < reached) defects.push({ kind: 'schema-order', offset: child.offset, detail });
    reached = Math.max(reached, position);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    if (count === 2 && (occurrence === 'at most one' || occurrence === 'exactly one')) {
      defects.push({ kind: 'schema-repeated', offset: child.offset, detail });
    }
    checkElement(child, type, home, defects);
  }
  for (const [name, , occurrence] of complex.children) {
    if ((occurrence === 'exactly one' || occurrence === 'at least one') && !seen.has(name)) {
      defects.push({
        kind: 'schema-missing-element',
        offset: element.offset,
        detail: `<${name}> in <${element.name}>`,
      });
    }
  }
}

const unknownElement = (child: XmlElement, parent: XmlElement): Defect => ({
  kind: 'schema-unknown-element',
  offset: child.offset,
  detail: `<${child.name}> in <${parent.name}>`,
});
