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

export interface Requirement extends z.infer<typeof requirementSchema> {
  readonly rfc: number;
}
