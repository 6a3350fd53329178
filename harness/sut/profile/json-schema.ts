import { z } from 'zod';
import { profileSchema } from './schema.ts';

/** The language of profiles as JSON Schema, from the one schema there is. */
export const profileJsonSchema = (): unknown => ({
  $id: 'profile.schema.json',
  title: 'msrpspec profile',
  ...z.toJSONSchema(profileSchema, { io: 'input', reused: 'ref' }),
});
