/** How far the two header blocks of a Message/CPIM entity are there (RFC 3862 §2). Offsets count from its first octet. */
export type CpimPrefixState =
  | { readonly state: 'need-more' }
  /** The metadata are whole: a switch can decide where to send. `metadataEnd` is the first octet behind the empty line. */
  | { readonly state: 'metadata-complete'; readonly metadataEnd: number }
  /** Both blocks are whole; content begins at `contentStart`. */
  | {
      readonly state: 'mime-complete';
      readonly metadataEnd: number;
      readonly contentStart: number;
      readonly form: CpimForm;
    }
  /** The blocks did not end within the limit; nothing more is looked at. */
  | { readonly state: 'too-large'; readonly limit: number };

/**
 * `three-part` is the form of RFC 3862. `compact` has Content-Type among the metadata, `bare` has no MIME block at all:
 * in both the content begins right behind the first empty line.
 */
export type CpimForm = 'three-part' | 'compact' | 'bare';

const CR = 0x0d;
const LF = 0x0a;
const COLON = 0x3a;
const DEFAULT_LIMIT = 256 * 1024;
const CONTENT_TYPE = 'content-type';

/**
 * Recognises the header blocks in octets that come in pieces cut anywhere. Each octet is looked at once, and at most
 * `limit` octets are kept.
 */
export class CpimPrefix {
  readonly #limit: number;
  #state: CpimPrefixState = { state: 'need-more' };
  #kept: Buffer = Buffer.alloc(0);
  #length = 0;
  #line = new LineScan();
  #compact = false;
  #firstMimeLine = true;

  /** @param limit largest size of both blocks together, in octets (default 256 KiB). */
  constructor(limit: number = DEFAULT_LIMIT) {
    this.#limit = limit;
  }

  get state(): CpimPrefixState {
    return this.#state;
  }

  /** The octets seen so far, up to the content. A view: valid until the next `feed`. */
  get octets(): Buffer {
    return this.#kept.subarray(0, this.#length);
  }

  /** Takes the next octets of the entity; octets behind the header blocks are ignored. */
  feed(octets: Buffer): CpimPrefixState {
    let position = 0;
    while (position < octets.length && !this.#settled()) {
      if (this.#length + position >= this.#limit) {
        this.#state = { state: 'too-large', limit: this.#limit };
        break;
      }
      this.#step(octets[position] ?? 0, this.#length + position + 1);
      position += 1;
    }
    this.#keep(octets.subarray(0, position));
    return this.#state;
  }

  /** No more octets will come: metadata behind which no header line has begun are followed by bare content. */
  end(): CpimPrefixState {
    if (this.#state.state === 'metadata-complete' && this.#firstMimeLine) this.#bare(this.#state.metadataEnd);
    return this.#state;
  }

  #bare(metadataEnd: number): void {
    this.#state = { state: 'mime-complete', metadataEnd, contentStart: metadataEnd, form: 'bare' };
    this.#length = Math.min(this.#length, metadataEnd);
  }

  #settled(): boolean {
    return this.#state.state === 'mime-complete' || this.#state.state === 'too-large';
  }

  #step(octet: number, offset: number): void {
    const line = this.#line.step(octet);
    if (this.#state.state === 'need-more') this.#metadata(line, offset);
    else if (this.#state.state === 'metadata-complete') this.#mime(line, offset, this.#state.metadataEnd);
  }

  #metadata(line: LineEvent, offset: number): void {
    if (line === 'name' && this.#line.name === CONTENT_TYPE) this.#compact = true;
    if (line !== 'empty') return;
    this.#state = this.#compact
      ? { state: 'mime-complete', metadataEnd: offset, contentStart: offset, form: 'compact' }
      : { state: 'metadata-complete', metadataEnd: offset };
  }

  #mime(line: LineEvent, offset: number, metadataEnd: number): void {
    if (line === 'empty') {
      this.#state = { state: 'mime-complete', metadataEnd, contentStart: offset, form: 'three-part' };
    } else if (line === 'no-name' && this.#firstMimeLine) {
      this.#bare(metadataEnd);
    } else if (line === 'name' || line === 'end') {
      this.#firstMimeLine = false;
    }
  }

  #keep(octets: Buffer): void {
    const wanted = this.#length + octets.length;
    if (wanted > this.#kept.length) {
      const larger = Buffer.allocUnsafe(Math.max(wanted, Math.min(this.#kept.length * 2, this.#limit)));
      this.octets.copy(larger);
      this.#kept = larger;
    }
    octets.copy(this.#kept, this.#length);
    const end = this.#state.state === 'mime-complete' ? this.#state.contentStart : wanted;
    this.#length = Math.min(wanted, end);
  }
}

/** What one octet told about its line: its name has ended at a colon, it cannot have a name, it has ended, it was empty. */
type LineEvent = 'nothing' | 'name' | 'no-name' | 'end' | 'empty';

/** Follows one line at a time, up to LF; a CR in front of the LF belongs to the line end. */
class LineScan {
  /** The name in lower case; kept only as far as `content-type` is long. */
  name = '';
  #part: 'start' | 'start-cr' | 'name' | 'rest' = 'start';

  step(octet: number): LineEvent {
    if (octet === LF) return this.#lineEnd();
    switch (this.#part) {
      case 'start':
        if (octet === CR) {
          this.#part = 'start-cr';
          return 'nothing';
        }
        this.name = '';
        return this.#nameOctet(octet);
      case 'start-cr':
        this.#part = 'rest';
        return 'no-name';
      case 'name':
        return this.#nameOctet(octet);
      case 'rest':
        return 'nothing';
    }
  }

  #nameOctet(octet: number): LineEvent {
    if (octet === COLON && this.#part === 'name') {
      this.#part = 'rest';
      return 'name';
    }
    if (octet > 0x20 && octet < 0x7f && octet !== COLON) {
      this.#part = 'name';
      if (this.name.length <= CONTENT_TYPE.length) this.name += String.fromCharCode(octet).toLowerCase();
      return 'nothing';
    }
    this.#part = 'rest';
    return 'no-name';
  }

  #lineEnd(): LineEvent {
    const part = this.#part;
    this.#part = 'start';
    if (part === 'start' || part === 'start-cr') return 'empty';
    return part === 'name' ? 'no-name' : 'end';
  }
}

/** Where the blocks lie in an entity that is there as a whole. */
export function scanCpim(octets: Buffer): CpimPrefixState {
  const prefix = new CpimPrefix(octets.length);
  prefix.feed(octets);
  return prefix.end();
}
