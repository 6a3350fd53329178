import type { Catalogue } from '../catalogue/catalogue.ts';
import { Conversation } from '../conversation/conversation.ts';
import { type CaptureSource, checkCapture } from './check.ts';
import type { DiscoveryOptions } from './discovery.ts';
import type { GatheringLog } from './gathering-log.ts';
import type { Gathering } from './parties.ts';
import { type Script, scriptOf } from './script.ts';

export interface RoomScriptOptions extends DiscoveryOptions {
  readonly catalogue: Catalogue;
  /** What the capture is called in the scripts. */
  readonly name: string;
  /** Of each room: what the script goes on for. */
  readonly messages: number;
  /** Which rooms; all if absent. */
  readonly chosen?: (gathering: Gathering) => boolean;
}

/** A room of a capture, and its conversation as a scenario. */
export interface RoomScript {
  readonly gathering: Gathering;
  readonly script: Script;
}

export interface RoomScripts {
  readonly scripts: readonly RoomScript[];
  /** Every room of the capture, chosen or not. */
  readonly rooms: readonly Gathering[];
  /** What is in no script, in lines. */
  readonly left: readonly string[];
}

/** One scenario for each room of a capture, room by room, so that no more than what is under way is held. */
export async function roomScriptsOf(source: CaptureSource, options: RoomScriptOptions): Promise<RoomScripts> {
  const { catalogue, focus, chosen = () => true } = options;
  const scripts: RoomScript[] = [];
  const left: string[] = [];
  const { parties, notAttributed } = await checkCapture(
    source,
    { catalogue, enough: enoughOf(options.messages), ...(focus === undefined ? {} : { focus }) },
    {
      gathered(log) {
        if (hasCalls(log.gathering) && chosen(log.gathering))
          scripts.push({ gathering: log.gathering, script: scriptOfRoom(log, options) });
      },
      tooLarge({ name }, octets) {
        left.push(`${name}: its conversation takes more memory than it may (${octets} octets)`);
      },
    },
  );
  const { sip, msrp } = notAttributed;
  if (sip + msrp > 0) left.push(`${sip} SIP and ${msrp} MSRP messages that belong to no room`);
  if (parties.otherCalls.length > 0) left.push(`${parties.otherCalls.length} MSRP calls to no chat room`);
  const rooms = parties.gatherings.filter(hasCalls);
  const others = parties.gatherings.length - rooms.length;
  if (others > 0) left.push(`${others} MSRP connections without signalling`);
  return { scripts, rooms, left };
}

/** Without its calls a conversation cannot happen again. */
const hasCalls = ({ basis }: Gathering): boolean => basis.kind === 'signalling';

/** So many messages more are looked at, for what comes late of the last ones. */
const MARGIN = 100;

/** Tells when a room has said more than a script goes on for, so that no more of it is held. */
function enoughOf(messages: number): (log: GatheringLog) => boolean {
  const counts = new WeakMap<GatheringLog, { said: number; seen: number }>();
  return (gathering) => {
    const count = counts.get(gathering) ?? { said: 0, seen: 0 };
    counts.set(gathering, count);
    const { entries } = gathering.log;
    for (; count.seen < entries.length; count.seen += 1) {
      const { direction, content } = entries[count.seen] ?? {};
      if (direction !== 'sent' || content?.protocol !== 'msrp' || content.message.kind !== 'request') continue;
      if (content.message.body !== undefined && content.message.flag === '$') count.said += 1;
    }
    return count.said > messages + MARGIN;
  };
}

function scriptOfRoom({ gathering, log, unseen }: GatheringLog, { name, messages }: RoomScriptOptions): Script {
  const [room = gathering.name, ...others] = gathering.rooms;
  const missing = [
    ...gathering.earlier.map((identity) => `${identity}, who was in the room when the capture began`),
    ...unseen.map(({ why }) => why),
    ...(others.length > 1 ? [`the rooms ${others.slice(1).join(', ')}: a scenario has two`] : []),
  ];
  const { firstFrame, lastFrame, isWhole } = gathering;
  return scriptOf(new Conversation(log), {
    title: `What was captured of ${room} happens again`,
    source: `From ${name}, frames ${firstFrame} to ${lastFrame}.`,
    messages,
    isWhole,
    missing: [...new Set(missing)],
  });
}
