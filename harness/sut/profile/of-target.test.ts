import { describe, expect, it } from 'vitest';
import { profileOfTarget } from './of-target.ts';
import { profileSchema } from './schema.ts';

const environment = { TOKEN: 'x' };
const profileOf = (target: string, ...rooms: string[]) =>
  profileOfTarget(target, '/here', { rooms, tls: {}, environment });

const COMMAND = 'command:./server --port {sip.port}';

describe('the profile that a target stands for', () => {
  it.each<[string, string[], object]>([
    [
      'sip:one@10.0.0.5;transport=tcp',
      [],
      { sip: 'sip:one@10.0.0.5;transport=tcp', rooms: { uris: ['sip:one@10.0.0.5'] } },
    ],
    ['sip:one@10.0.0.5', ['sip:a@x', 'sip:b@x'], { rooms: { uris: ['sip:a@x', 'sip:b@x'] } }],
    [
      COMMAND,
      [],
      {
        name: COMMAND,
        sip: 'sip:127.0.0.1:{sip.port};transport=tcp',
        command: { run: ['./server', '--port', '{sip.port}'] },
        rooms: { template: 'sip:room-{n}@127.0.0.1' },
      },
    ],
    [
      'command:./server',
      ['sip:lobby@x'],
      { sip: 'sip:127.0.0.1:5060;transport=tcp', rooms: { uris: ['sip:lobby@x'] } },
    ],
    [COMMAND, ['sip:test{n}@x'], { rooms: { template: 'sip:test{n}@x' } }],
    ['COMMAND:a "b c" {env.TOKEN}', [], { command: { run: ['a', 'b c', '{env.TOKEN}'] } }],
    [
      'image:example.org:443/chat:2.1',
      [],
      {
        sip: 'sip:{host}:5060;transport=tcp',
        container: { image: 'example.org:443/chat:2.1' },
        rooms: { template: 'sip:room-{n}@{host}' },
      },
    ],
    ['image:chat --tester {test-host}', [], { container: { image: 'chat', command: ['--tester', '{test-host}'] } }],
  ])('%s %j', (target, rooms, profile) => {
    const made = profileOf(target, ...rooms);
    expect(made).toMatchObject({ ok: true, value: { file: '--sut', folder: '/here', profile } });
    if (made.ok) expect(profileSchema.safeParse(made.value.profile).error).toBeUndefined();
  });

  it.each([
    [
      'http://x',
      '"http://x" is none of builtin, a SIP URI (sip:room@host:5060;transport=tcp), command:PROGRAM and image:NAME',
    ],
    ['command:', '"command:" names no program'],
    ['image: ', '"image: " names no image'],
    ['command:a "b', '"command:a "b": nothing closes the " in it'],
    ['command:a {sip.prot}', '"command:a {sip.prot}": nothing is known of {sip.prot} (did you mean "sip.port"?)'],
    ['image:a {env.NONE}', '"image:a {env.NONE}": NONE is not set in the environment'],
  ])('%s stands for none', (target, error) => {
    expect(profileOf(target)).toEqual({ ok: false, error });
  });
});
