import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** On a developer's machine tests are skipped without tshark; the continuous integration has to have it. */
export const lacksTshark = process.env.CI === undefined && spawnSync('tshark', ['-v']).error !== undefined;

/** A capture file as tshark sees it; checksums are verified. */
export class TsharkView {
  readonly file: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'msrpspec-capture-'));

  constructor(capture: Buffer) {
    this.file = join(this.#folder, 'capture');
    writeFileSync(this.file, capture);
  }

  #run(...args: string[]): string {
    const verified = ['tcp', 'ip', 'udp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`]);
    return execFileSync('tshark', ['-r', this.file, '-n', ...verified, ...args], {
      maxBuffer: 2 ** 30,
      stdio: ['ignore', 'pipe', 'pipe'],
    }).toString();
  }

  /** The fields of each packet that the display filter lets through. */
  fields(filter: string, ...names: string[]): string[][] {
    const text = this.#run('-Y', filter, '-T', 'fields', ...names.flatMap((name) => ['-e', name]));
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split('\t'));
  }

  /** What tshark finds wrong with packets, in its words; it warns of each reset, and that is no fault of the file. */
  complaints(): string[] {
    const warned = '(_ws.expert.severity >= 0x600000 && !(tcp.flags.reset == 1)) || _ws.malformed';
    return this.fields(warned, 'frame.number', '_ws.expert.message').map((fields) => fields.join(': '));
  }

  /** For each stream the octets of both directions, in hex; first those of who sent first. */
  followed(transport: 'tcp' | 'udp', streams: number): [string, string][] {
    if (streams === 0) return [];
    const each = Array.from({ length: streams }, (_, stream) => ['-z', `follow,${transport},raw,${stream}`]);
    const [, ...blocks] = this.#run('-q', ...each.flat()).split(/^Follow: /m);
    const followed = blocks.map((block): [number, [string, string]] => {
      const stream = Number(/^Filter: \w+\.stream eq (\d+)/m.exec(block)?.[1]);
      const hex = [...block.matchAll(/^(\t?)([0-9a-f]+)$/gm)];
      const joined = (tab: string): string =>
        hex.flatMap(([, indent, octets]) => (indent === tab ? octets : [])).join('');
      return [stream, [joined(''), joined('\t')]];
    });
    return followed.toSorted(([a], [b]) => a - b).map(([, both]) => both);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
