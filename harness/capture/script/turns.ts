import { parseByteRange } from '../../codec/msrp/byte-range.ts';
import { headerOf } from '../../codec/msrp/message.ts';
import type { ChatMessage } from '../../conversation/chat-messages.ts';
import { isRegular } from '../../conversation/reception.ts';
import type { MessageWords } from '../../scenario/acts/compose.ts';
import type { Action, Expectation } from '../../scenario/schema.ts';
import { answerTo } from './by-hand.ts';
import type { Deed } from './deed.ts';
import { bodyLength } from './message-form.ts';
import { Positions } from './positions.ts';
import type { Scene } from './scene.ts';
import type { Player } from './troupe.ts';

/** Tells whether something happened between two chunks of a message, so that they are two steps. */
export class Turns {
  readonly #starts: Positions;

  constructor({ conversation }: Scene, others: readonly Deed[]) {
    const requests = conversation.msrp.list
      .filter(({ request, head }) => request.direction === 'sent' && head.method !== 'REPORT')
      .map(({ request }) => request.index);
    this.#starts = new Positions([...requests, ...others.map(({ start }) => start)]);
  }

  /** As one step where it was sent in one go, else chunk by chunk. */
  spokenAs(
    scene: Scene,
    player: Player,
    message: ChatMessage,
    words: MessageWords,
    label: string,
  ): { readonly spoken: Deed[]; readonly accepted: boolean } {
    const exchanges = message.chunks.map((chunk) => scene.conversation.msrp.of(chunk));
    const answers = exchanges.map((one): Expectation => (one === undefined ? 'anything' : answerTo(scene, one)));
    const refusal = answers.find((one) => one !== 200);
    const accepted = refusal === undefined;
    const start = message.chunks[0]?.index ?? 0;
    const ends = exchanges.map((one) => one?.response?.entry.index ?? one?.request.index ?? start);
    const interrupted = message.chunks.some((chunk, i) => {
      const answered = exchanges[i - 1]?.response?.entry.index ?? Number.POSITIVE_INFINITY;
      return i > 0 && answered < chunk.index && this.#starts.between(message.chunks[i - 1]?.index ?? 0, chunk.index);
    });
    if (isRegular(message) && message.state === 'complete' && !interrupted) {
      const chunks = chunkSizes(message);
      const { text, ...rest } = words;
      const plain = text !== undefined && Object.keys(rest).length === 0 && chunks === undefined;
      const send: NonNullable<Action['send']> = plain
        ? text
        : { ...words, ...(chunks === undefined ? {} : { chunks }) };
      const end = Math.max(...ends);
      const expect = refusal === undefined ? {} : { expect: refusal };
      return { spoken: [{ actor: player.name, start, end, action: { send }, as: label, ...expect }], accepted };
    }
    const spoken = message.chunks.map((chunk, i): Deed => {
      const expect = answers[i] ?? 'anything';
      return {
        actor: player.name,
        start: chunk.index,
        end: ends[i] ?? chunk.index,
        action: { chunk: chunkWords(message, i, words, label) },
        ...(i === 0 ? { as: label } : {}),
        ...(expect === 200 ? {} : { expect }),
      };
    });
    return { spoken, accepted: accepted && message.state === 'complete' };
  }
}

/** One size for all chunks, or a list; undefined: there is one chunk. */
function chunkSizes({ chunks }: ChatMessage): number | number[] | undefined {
  if (chunks.length === 1) return undefined;
  const sizes = chunks.map(bodyLength);
  const [first = 0] = sizes;
  const equal = first > 0 && sizes.slice(0, -1).every((size) => size === first) && (sizes.at(-1) ?? 0) <= first;
  return equal ? first : sizes.slice(0, -1);
}

function chunkWords(message: ChatMessage, i: number, words: MessageWords, label: string): NonNullable<Action['chunk']> {
  const chunk = message.chunks[i];
  const head =
    chunk?.content.protocol === 'msrp' && chunk.content.message.kind === 'request' ? chunk.content.message : undefined;
  const octets = chunk === undefined ? 0 : bodyLength(chunk);
  const written = head === undefined ? undefined : headerOf(head, 'Byte-Range');
  const range = parseByteRange(written ?? '1-*/*');
  const before = message.chunks.slice(0, i).reduce((sum, one) => sum + bodyLength(one), 0);
  const at = range.ok ? Number(range.value.start) - 1 : before;
  const ends = head?.flag === '$';
  const wrapper =
    message.cpim === undefined || message.octets === undefined
      ? -1
      : message.octets.length - message.cpim.content.length;
  return {
    ...(i === 0 ? words : { of: label }),
    ...(at === (i === 0 ? 0 : before) ? {} : { at }),
    ...(ends ? {} : { octets: i === 0 && octets === wrapper ? 'cpim-headers' : octets }),
    ...(written === undefined && message.chunks.length > 1 ? { 'no-range': true as const } : {}),
    ...(head?.flag === '#' ? { flag: '#' as const } : {}),
  };
}
