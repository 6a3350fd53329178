import { err, ok, type Result } from '../result.ts';
import { didYouMean } from '../scenario/nearest.ts';
import type { RoomPolicyNeed } from '../scenario/schema.ts';

const WORDS = ['no-nicknames', 'no-private-messages', 'reserved='] as const;

/** A room policy in one argument: `no-nicknames,reserved=admin`. Names are percent-encoded where they need it. */
export function formatPolicyWords(need: RoomPolicyNeed): string {
  return [
    ...(need.nicknames === 'forbidden' ? ['no-nicknames'] : []),
    ...(need['private-messages'] === 'forbidden' ? ['no-private-messages'] : []),
    ...(need['reserved-nicknames'] ?? []).map((name) => `reserved=${encodeURIComponent(name)}`),
  ].join(',');
}

export function parsePolicyWords(text: string): Result<RoomPolicyNeed, string> {
  const reserved: string[] = [];
  let need: RoomPolicyNeed = {};
  for (const word of text.split(',').filter((one) => one !== '')) {
    if (word === 'no-nicknames') need = { ...need, nicknames: 'forbidden' };
    else if (word === 'no-private-messages') need = { ...need, 'private-messages': 'forbidden' };
    else if (word.startsWith('reserved=')) {
      const name = decode(word.slice('reserved='.length));
      if (name === undefined) return err(`"${word}" is not percent-encoded properly`);
      reserved.push(name);
    } else return err(`no room policy is called "${word}"${didYouMean(word, WORDS)}`);
  }
  return ok(reserved.length === 0 ? need : { ...need, 'reserved-nicknames': reserved });
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
