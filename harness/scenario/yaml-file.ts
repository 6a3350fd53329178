import { type Document, isMap, isNode, isPair, isSeq, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { err, ok, type Result } from '../result.ts';
import { didYouMean, nearest } from './nearest.ts';
import type { Problem } from './problem.ts';

type Path = readonly PropertyKey[];

/** A YAML file that a person wrote: its value, and where each part of it stands. */
export interface YamlFile<T> {
  readonly value: T;
  /** A problem at the value of `path`, or at its key when `at` is `key`. */
  problem(path: Path, message: string, at?: 'key' | 'value'): Problem;
}

/** Reads YAML whose value nothing is known of yet. */
export function openYaml(file: string, text: string): Result<YamlFile<unknown>, Problem[]> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number, message: string): Problem => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), message };
  };
  // Where the syntax is broken, whatever else is found follows from it.
  const [error] = document.errors;
  if (error !== undefined) return err([at(error.pos[0], firstLine(error.message))]);
  const problem: YamlFile<unknown>['problem'] = (path, message, where = 'value') =>
    at(offsetOf(document, path, where), message);
  const content = contentOf(document);
  return content.ok ? ok({ value: content.value, problem }) : err([at(0, content.error)]);
}

/** Holds what was read, or what was made of it in place, against a schema. */
export function checkYaml<S extends z.ZodType>(
  schema: S,
  { value, problem }: YamlFile<unknown>,
): Result<YamlFile<z.infer<S>>, Problem[]> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    return err(
      parsed.error.issues
        .filter((issue, _, all) => !followsFromTypo(issue, all))
        .flatMap((issue) => describe(schema, issue, []))
        .map((one) => problem(one.path, one.message, one.at)),
    );
  }
  return ok({ value: parsed.data, problem });
}

/** A misspelt key is missing as well: that needs no line of its own. */
function followsFromTypo(issue: z.core.$ZodIssue, all: readonly z.core.$ZodIssue[]): boolean {
  const missing = missingKey(issue);
  if (issue.code !== 'custom' && missing === undefined) return false;
  const place = JSON.stringify(missing === undefined ? issue.path : issue.path.slice(0, -1));
  return all.some(
    (one) =>
      one.code === 'unrecognized_keys' &&
      JSON.stringify(one.path) === place &&
      (missing === undefined || one.keys.some((key) => nearest(key, [missing]) !== undefined)),
  );
}

/** The key that an object lacks, where that is the issue. */
function missingKey(issue: z.core.$ZodIssue): string | undefined {
  const key = issue.path.at(-1);
  return typeof key === 'string' && issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
    ? key
    : undefined;
}

/** Aliases may multiply a small file into a huge value; the library refuses those. */
function contentOf(document: Document): Result<unknown, string> {
  try {
    return ok(document.toJS({ maxAliasCount: 100 }));
  } catch (error) {
    if (error instanceof ReferenceError) return err(firstLine(error.message));
    throw error;
  }
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? text;

interface Described {
  readonly path: Path;
  readonly message: string;
  readonly at: 'key' | 'value';
}

function describe(schema: z.ZodType, issue: z.core.$ZodIssue, base: Path): Described[] {
  const path = [...base, ...issue.path];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        at: 'key',
        message: `unknown key "${key}"${didYouMean(key, keysAt(schema, path))}`,
      }));
    case 'invalid_union': {
      const branch = closestBranch(issue.errors);
      return branch === undefined
        ? [{ path, at: 'value', message: issue.message }]
        : branch.flatMap((inner) => describe(schema, inner, path));
    }
    default: {
      const missing = missingKey(issue);
      if (missing !== undefined) return [{ path: path.slice(0, -1), at: 'value', message: `"${missing}" is missing` }];
      // Under a catchall any key goes with an object; another value there rather means a misspelt setting.
      const key = path.at(-1);
      const siblings =
        issue.code === 'invalid_type' && typeof key === 'string' ? keysAt(schema, path.slice(0, -1)) : [];
      if (typeof key === 'string' && siblings.length > 0 && !siblings.includes(key)) {
        return [{ path, at: 'key', message: `unknown key "${key}"${didYouMean(key, siblings)}` }];
      }
      return [{ path, at: 'value', message: lowerFirst(issue.message.replace(/^Invalid input: /, '')) }];
    }
  }
}

/** Of the alternatives of a union: the one whose errors lie deepest was probably meant. */
function closestBranch(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | undefined {
  const depth = (issues: readonly z.core.$ZodIssue[]): number =>
    Math.max(...issues.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)));
  return branches
    .filter((issues) => issues.length > 0)
    .reduce<readonly z.core.$ZodIssue[] | undefined>(
      (best, issues) => (best === undefined || depth(issues) > depth(best) ? issues : best),
      undefined,
    );
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** The keys that may stand in the object at `path`, for suggestions. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  let nodes: readonly JsonSchema[] = [z.toJSONSchema(schema, { io: 'input' }) as JsonSchema];
  for (const step of path) {
    nodes = nodes.flatMap(alternatives).flatMap((node): JsonSchema[] => {
      if (typeof step === 'number') return typeof node.items === 'object' ? [node.items] : [];
      const property = node.properties?.[String(step)];
      if (property !== undefined) return [property];
      return typeof node.additionalProperties === 'object' ? [node.additionalProperties] : [];
    });
  }
  return nodes.flatMap(alternatives).flatMap((node) => Object.keys(node.properties ?? {}));
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

const alternatives = (node: JsonSchema): readonly JsonSchema[] => node.anyOf?.flatMap(alternatives) ?? [node];

function offsetOf(document: Document, path: Path, at: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const [depth, step] of path.entries()) {
    const last = depth === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find((one) => isPair(one) && isNode(one.key) && String(one.key) === String(step));
      if (pair === undefined) return offset;
      const target: unknown = last && at === 'key' ? pair.key : (pair.value ?? pair.key);
      node = pair.value;
      if (isNode(target)) offset = target.range?.[0] ?? offset;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      if (isNode(node)) offset = node.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}
