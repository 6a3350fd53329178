/** A rule that a message breaks, named by its catalogue id such as `RFC4975-9-12`. */
export interface Violation {
  readonly requirement: string;
  /** One line: what was seen and where, e.g. `header "to-path" stands after From-Path`. */
  readonly message: string;
  /** Octets of the message that show it, counted from its first octet. */
  readonly at?: { readonly start: number; readonly end: number };
  /** The catalogue's own verdict, or its list of ambiguities, calls this a warning whatever the level of the rule. */
  readonly tolerated?: true;
}

/** Something a tolerant parser let pass and kept a note of; a validator turns it into violations. */
export interface Defect {
  /** Stable kebab-case name, e.g. `bare-line-feed`. */
  readonly kind: string;
  /** Offset of the first octet concerned, counted from the first octet of the message. */
  readonly offset: number;
  readonly detail?: string;
}
