/**
 * When a message shows that requirements are kept, provided that its validator finds no fault with them. Only what one
 * message can show to be kept stands here: duties of a receiver, and rules that compare messages, are judged elsewhere.
 */
export interface Occasion<Subject> {
  readonly arises: (subject: Subject) => boolean;
  readonly requirements: readonly string[];
}

export const when = <Subject>(
  arises: (subject: Subject) => boolean,
  ...requirements: readonly string[]
): Occasion<Subject> => ({ arises, requirements });

export const always = (): boolean => true;
