import { isUtf8 } from 'node:buffer';
import { SaxesParser } from 'saxes';
import { err, ok, type Result } from '../../result.ts';

export interface XmlAttribute {
  readonly name: string;
  /** Empty for an attribute without prefix. */
  readonly namespace: string;
  readonly value: string;
}

export interface XmlElement {
  /** Local name. */
  readonly name: string;
  readonly namespace: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  /** Character data directly inside, CDATA included. */
  readonly text: string;
  /** Of the first octet of the start tag. */
  readonly offset: number;
}

export interface XmlDocument {
  readonly root: XmlElement;
  /** As the XML declaration gives them. */
  readonly version?: string;
  readonly encoding?: string;
}

export interface XmlLimits {
  readonly maxOctets: number;
  readonly maxDepth: number;
  /** Elements and attributes together. */
  readonly maxNodes: number;
}

export const defaultXmlLimits: XmlLimits = { maxOctets: 16 * 1024 * 1024, maxDepth: 64, maxNodes: 1_000_000 };

class Refusal extends Error {}

interface OpenElement extends XmlElement {
  readonly children: XmlElement[];
  text: string;
}

/**
 * Reads namespace-well-formed XML 1.0 in UTF-8. Document type declarations are refused as such, so no entity is ever
 * declared, expanded or fetched. The error says what is wrong and where, or which limit was passed.
 */
export function parseXml(octets: Uint8Array, limits: XmlLimits = defaultXmlLimits): Result<XmlDocument, string> {
  if (octets.length > limits.maxOctets) return err(`document of ${octets.length} octets exceeds ${limits.maxOctets}`);
  if (!isUtf8(octets)) return err('document is not UTF-8');
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('utf8');
  try {
    return ok(build(text, limits, octetOffsets(text, octets.length)));
  } catch (problem) {
    if (problem instanceof Refusal) return err(problem.message);
    throw problem;
  }
}

function build(text: string, limits: XmlLimits, octetOffset: (unit: number) => number): XmlDocument {
  const parser = new SaxesParser({ xmlns: true });
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  let declared: Pick<XmlDocument, 'version' | 'encoding'> = {};
  let nodes = 0;
  const count = (): void => {
    if (++nodes > limits.maxNodes) throw new Refusal(`more than ${limits.maxNodes} elements and attributes`);
  };
  const append = (characters: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += characters;
  };

  parser.on('error', (error) => {
    throw new Refusal(error.message);
  });
  parser.on('doctype', () => {
    throw new Refusal('document type declaration');
  });
  parser.on('xmldecl', ({ version, encoding }) => {
    declared = {
      ...(version !== undefined && { version }),
      ...(encoding !== undefined && { encoding }),
    };
  });
  parser.on('attribute', count);
  parser.on('opentag', (tag) => {
    count();
    if (open.length === limits.maxDepth) throw new Refusal(`elements nested more than ${limits.maxDepth} deep`);
    const element: OpenElement = {
      name: tag.local,
      namespace: tag.uri,
      attributes: Object.values(tag.attributes).map(({ local, uri, value }) => ({
        name: local,
        namespace: uri,
        value,
      })),
      children: [],
      text: '',
      // No start tag has a second `<` in it.
      offset: octetOffset(text.lastIndexOf('<', parser.position - 1)),
    };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  parser.on('text', append);
  parser.on('cdata', append);
  parser.on('closetag', () => {
    open.pop();
  });

  parser.write(text).close();
  if (root === undefined) throw new Refusal('document has no element');
  return { root, ...declared };
}

/** Turns ascending positions in the text into octet offsets, counting each stretch of text once. */
function octetOffsets(text: string, octets: number): (unit: number) => number {
  if (text.length === octets) return (unit) => unit;
  let knownUnit = 0;
  let knownOctet = 0;
  return (unit) => {
    knownOctet += Buffer.byteLength(text.slice(knownUnit, unit));
    knownUnit = unit;
    return knownOctet;
  };
}

/** Children of one name in the namespace of their parent, right or wrong as that may be. */
export const childrenOf = (parent: XmlElement, name: string): XmlElement[] =>
  parent.children.filter((child) => child.name === name && child.namespace === parent.namespace);

/** The first of them. */
export const childOf = (parent: XmlElement, name: string): XmlElement | undefined =>
  parent.children.find((child) => child.name === name && child.namespace === parent.namespace);

/** The value of an attribute without prefix. */
export const attributeOf = (element: XmlElement, name: string): string | undefined =>
  element.attributes.find((attribute) => attribute.name === name && attribute.namespace === '')?.value;
