import { z } from 'zod';
import { clientProfileSchema } from './client-schema.ts';
import { profileSchema } from './schema.ts';

/** The language of profiles as JSON Schema, from the one schema there is. */
export const profileJsonSchema = (): unknown => ({
  $id: 'profile.schema.json',
  title: 'msrpspec profile',
  ...z.toJSONSchema(z.union([clientProfileSchema, profileSchema]), { io: 'input', reused: 'ref' }),
});
