import { addressOctets } from './address-octets.ts';

/** Addresses for documentation: TEST-NET-2 and 3 (RFC 5737 §3); 2001:db8::/32 (RFC 3849 §2). */
const FOUR = ['198.51.100', '203.0.113'] as const;
const PER_NET = 254;

/** Addresses that stand for what is none: a host of which only the name is known, or one that cannot be told apart. */
export class StandIns {
  readonly names: { readonly address: Buffer; readonly name: string }[] = [];
  readonly #known = new Map<string, Buffer>();
  readonly #count = { 4: 0, 6: 0 };

  /** The same name gets the same address. */
  of(name: string, family: 4 | 6): Buffer {
    const known = this.#known.get(`${family} ${name}`);
    if (known !== undefined) return known;
    const made = this.another(name, family);
    this.#known.set(`${family} ${name}`, made);
    return made;
  }

  /** One more of this name. */
  another(name: string, family: 4 | 6): Buffer {
    const count = this.#count[family];
    this.#count[family] += 1;
    const address = addressOctets(family === 6 ? `2001:db8::${(count + 1).toString(16)}` : four(count)) ?? NONE;
    this.names.push({ address, name });
    return address;
  }
}

const NONE = Buffer.alloc(4);

/** Behind the last documentation address: those for benchmarks (RFC 2544 §C.2.2), of which there are plenty. */
function four(count: number): string {
  const net = FOUR[Math.floor(count / PER_NET)];
  if (net !== undefined) return `${net}.${1 + (count % PER_NET)}`;
  const further = count - FOUR.length * PER_NET;
  return `198.18.${(further >>> 8) & 0xff}.${further & 0xff}`;
}
