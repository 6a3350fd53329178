import { z } from 'zod';
import { scenarioSchema } from './schema.ts';

/** The scenario language as JSON Schema, from the one schema there is. */
export function jsonSchema(): unknown {
  const schema = z.toJSONSchema(scenarioSchema, { io: 'input', reused: 'ref' });
  return { $id: 'scenario.schema.json', title: 'msrpspec scenario', ...schema };
}
