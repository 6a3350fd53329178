import { z } from 'zod';

const levels = ['MUST', 'MUST NOT', 'SHOULD', 'SHOULD NOT', 'MAY', 'STATED'] as const;

/** One entry of the files in `scenarios/requirements/`. */
const requirementSchema = z.object({
  id: z.string(),
  /** Only in files that cover several RFCs. */
  rfc: z.number().optional(),
  section: z.string(),
  level: z.enum(levels),
  role: z.string(),
  summary: z.string(),
  stimulus: z.string(),
  verdict: z.string(),
  testable: z.enum(['yes', 'partly', 'no']),
  why_not: z.string().optional(),
  depends_on: z.array(z.string()).optional(),
  see: z.array(z.string()).optional(),
});

export const catalogueFileSchema = z.object({
  rfc: z.union([z.number(), z.array(z.number())]),
  title: z.string(),
  notes: z.unknown().optional(),
  requirements: z.array(requirementSchema),
});

/**
 * Entries of the files in `scenarios/requirements/left-out/`: what the suite does not judge, and why. Either single
 * requirements or whatever of an RFC is judged nowhere.
 */
export const leftOutFileSchema = z.array(
  z.union([
    z.strictObject({ why: z.string(), ids: z.array(z.string()).min(1) }),
    z.strictObject({ why: z.string(), rfc: z.number() }),
  ]),
);

export interface Requirement extends z.infer<typeof requirementSchema> {
  readonly rfc: number;
  /** Why no scenario or rule judges it, where that is so on purpose. */
  readonly leftOut?: string;
}
