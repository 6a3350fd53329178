import type { RoomSession, RoomState } from '../room-state.ts';

/** Header blocks of a wrapper with the lines edited; line ends and all else stay. */
export function editLines(octets: Buffer, edit: (lines: string[]) => string[]): Buffer {
  const text = octets.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  const lines = edit(text.slice(0, end).split('\r\n'));
  return Buffer.from(lines.join('\r\n') + text.slice(end), 'latin1');
}

/** One header of the metadata, its value rewritten. */
export const editLine = (octets: Buffer, name: string, edit: (value: string) => string): Buffer =>
  editLines(octets, (lines) =>
    lines.map((line) => (line.startsWith(`${name}: `) ? `${name}: ${edit(line.slice(name.length + 2))}` : line)),
  );

export const everybody = (room: RoomState): string[] => [...room.sessions.keys()];

export const othersThan = (sender: RoomSession, room: RoomState): string[] =>
  everybody(room).filter((session) => session !== sender.id);
