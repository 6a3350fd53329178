import type { ConferenceDocument } from '../codec/conference/document.ts';
import { parseConference } from '../codec/conference/parse.ts';
import type { MsrpMediaDescription } from '../codec/sdp/description.ts';
import { findMsrpMedia, readMsrpMedia } from '../codec/sdp/msrp-media.ts';
import { newOrigin } from '../codec/sdp/origin.ts';
import { parseSdp } from '../codec/sdp/parse.ts';
import { type MsrpMediaFields, writeMsrpMedia, writeSdp, writeSession } from '../codec/sdp/write.ts';
import { MsrpEndpoint } from '../msrp/endpoint.ts';
import { Party } from '../msrp/endpoints.fixture.ts';
import type { SendOptions } from '../msrp/outgoing.ts';
import { delay } from '../net/clock.ts';
import { MemoryNetwork, type MemoryNetworkOptions } from '../net/memory.ts';
import type { Address, ByteStream, NetError, Network } from '../net/network.ts';
import { seededRandom } from '../net/seeded-random.ts';
import { SimulatedClock } from '../net/simulated-clock.ts';
import { tapNetwork } from '../net/tap.ts';
import type { Result } from '../result.ts';
import type { Call } from '../sip/call.ts';
import type { HeaderList } from '../sip/compose.ts';
import { UserAgent } from '../sip/user-agent.ts';
import { WireLog } from '../wire/log.ts';
import { type FocusOptions, type ReferenceFocus, startFocus } from './focus.ts';

export const DOMAIN = 'chat.example.com';
const FOCUS_HOST = '192.0.2.9';
export const FOCUS_SIP: Address = { host: FOCUS_HOST, port: 5060 };

/** For tests: a focus and its participants on a network in memory. */
export class FocusStage {
  readonly clock = new SimulatedClock();
  readonly network: MemoryNetwork;
  /** What passed the sockets of the focus. */
  readonly log: WireLog;
  readonly clients: Client[] = [];
  readonly #focus: { value: ReferenceFocus | undefined } = { value: undefined };

  constructor(options: MemoryNetworkOptions = {}) {
    this.log = new WireLog(this.clock);
    this.network = new MemoryNetwork(this.clock, { latencyMs: 5, names: { [DOMAIN]: FOCUS_HOST }, ...options });
  }

  static async open(options: Partial<FocusOptions> = {}, network: MemoryNetworkOptions = {}): Promise<FocusStage> {
    const stage = new FocusStage(network);
    const started = await stage.clock.run(stage.#start(options));
    if (!started.ok) throw new Error(started.error.message);
    stage.#focus.value = started.value;
    return stage;
  }

  #start(options: Partial<FocusOptions>): Promise<Result<ReferenceFocus, NetError>> {
    return startFocus({
      network: tapNetwork(this.network.host(FOCUS_HOST), 'focus', this.log),
      clock: this.clock,
      random: seededRandom('focus'),
      domain: DOMAIN,
      host: FOCUS_HOST,
      sip: [
        { transport: 'udp', address: FOCUS_SIP },
        { transport: 'tcp', address: FOCUS_SIP },
      ],
      msrp: [{ scheme: 'msrp', address: { host: FOCUS_HOST, port: 2855 } }],
      rooms: [{ name: 'room' }],
      ...options,
    });
  }

  /** Another focus at the same addresses. */
  second(): Promise<Result<ReferenceFocus, NetError>> {
    return this.#start({});
  }

  /** A further MSRP session of a client. */
  party(client: Client, scheme: 'msrp' | 'msrps' = 'msrp'): Party {
    return new Party(client.endpoint, this.clock, { scheme });
  }

  get focus(): ReferenceFocus {
    if (this.#focus.value === undefined) throw new Error('no focus');
    return this.#focus.value;
  }

  run<T>(promise: Promise<T>): Promise<T> {
    return this.clock.run(promise);
  }

  pass(ms: number): Promise<void> {
    return this.clock.run(delay(this.clock, ms));
  }

  async client(name: string): Promise<Client> {
    const client = new Client(name, this.clients.length + 1, this);
    this.clients.push(client);
    await this.run(client.agent.start());
    return client;
  }

  /** Comes, joins and binds. */
  async joined(name: string, options: JoinOptions = {}): Promise<Client> {
    const client = await this.client(name);
    const outcome = await client.join(options);
    if (outcome !== 200) throw new Error(`${name} got ${outcome}`);
    return client;
  }

  async close(): Promise<void> {
    await this.run(
      Promise.all([
        this.focus.close(),
        ...this.clients.flatMap(({ agent, endpoint }) => [agent.close(), endpoint.close()]),
      ]),
    );
    await this.pass(100);
  }
}

export interface JoinOptions {
  readonly room?: string;
  readonly media?: Partial<MsrpMediaFields>;
  readonly headers?: HeaderList;
  readonly from?: string;
  /** Instead of the usual offer. */
  readonly sdp?: string;
}

export class Client {
  readonly name: string;
  readonly uri: string;
  readonly agent: UserAgent;
  readonly endpoint: MsrpEndpoint;
  readonly documents: ConferenceDocument[] = [];
  readonly subscriptionStates: string[] = [];
  party: Party;
  call: Call | undefined;
  /** The last answer of the focus. */
  answer: MsrpMediaDescription | undefined;
  answerText = '';
  contact = '';
  ended: string | undefined;
  readonly #stage: FocusStage;
  readonly #host: string;
  readonly #streams: ByteStream[] = [];

  constructor(name: string, number: number, stage: FocusStage) {
    this.name = name;
    this.uri = `sip:${name}@example.com`;
    this.#stage = stage;
    this.#host = `192.0.2.${100 + number}`;
    const network = stallable(stage.network.host(this.#host), this.#streams);
    const { clock } = stage;
    const random = seededRandom(`${name} ${number}`);
    this.agent = new UserAgent({
      network,
      clock,
      random,
      uri: this.uri,
      host: this.#host,
      listen: [{ transport: 'tcp', address: { host: this.#host, port: 5060 } }],
      target: { transport: 'tcp', address: FOCUS_SIP },
    });
    this.endpoint = new MsrpEndpoint({ network, clock, random, host: this.#host });
    this.party = new Party(this.endpoint, clock);
  }

  /** Final SIP status; on 200 the MSRP session is bound. */
  async join(options: JoinOptions = {}): Promise<number> {
    const { room = 'room', headers = [], from, sdp } = options;
    const invite = this.agent.invite({
      to: `sip:${room}@${DOMAIN}`,
      body: sdp ?? this.offer(options.media),
      contentType: 'application/sdp',
      headers,
      ...(from === undefined ? {} : { from }),
    });
    const outcome = await this.#stage.run(invite.outcome);
    if (outcome.kind === 'refused') return outcome.response.status;
    if (outcome.kind !== 'accepted') throw new Error(outcome.kind);
    this.call = outcome.call;
    this.call.onEnded = (end) => {
      this.ended = end;
    };
    this.contact = outcome.response.headers.find(({ name }) => name === 'Contact')?.value ?? '';
    this.read(outcome.response.body.toString());
    if ((this.answer?.port ?? 0) > 0) await this.connect();
    return outcome.response.status;
  }

  read(answer: string): void {
    this.answerText = answer;
    const description = parseSdp(answer);
    const media = findMsrpMedia(description);
    this.answer = media === undefined ? undefined : readMsrpMedia(description, media);
  }

  async connect(): Promise<void> {
    const connected = await this.#stage.run(
      this.party.session.connect({
        peerPath: this.answer?.path ?? [],
        security: { kind: 'tls', peer: { kind: 'none' } },
      }),
    );
    if (!connected.ok) throw new Error(connected.error.message);
    await this.#stage.run(connected.value.done);
  }

  offer(media: Partial<MsrpMediaFields> = {}): string {
    const origin = newOrigin({ username: this.name, sessionId: 1n, address: this.#host });
    return writeSdp({
      session: writeSession({ origin, connectionHost: this.#host }),
      media: [
        writeMsrpMedia({
          port: 9,
          protocol: 'TCP/MSRP',
          acceptTypes: ['message/cpim'],
          acceptWrappedTypes: ['*'],
          setup: 'active',
          path: [this.party.session.path],
          chatroom: ['nickname', 'private-messages'],
          ...media,
        }),
      ],
    });
  }

  /** Status of the re-INVITE. */
  async reinvite(media: Partial<MsrpMediaFields> = {}, room = 'room'): Promise<number> {
    if (this.call === undefined) throw new Error(`${this.name} is not in ${room}`);
    const invite = this.call.invite({ body: this.offer(media), contentType: 'application/sdp' });
    const outcome = await this.#stage.run(invite.outcome);
    if (outcome.kind === 'accepted') this.read(outcome.response.body.toString());
    return outcome.kind === 'accepted' || outcome.kind === 'refused' ? outcome.response.status : 0;
  }

  /** Reads nothing more from any connection it has made. */
  stall(): void {
    for (const stream of this.#streams) stream.pause();
  }

  unstall(): void {
    for (const stream of this.#streams) stream.resume();
  }

  async leave(): Promise<void> {
    if (this.call !== undefined) await this.#stage.run(this.call.bye());
  }

  /** Status of the response, 0 without one. */
  async send(to: string, text: string | Buffer, options: Partial<SendOptions> = {}): Promise<number> {
    return this.sendBody(wrap(this.uri, to, text), options);
  }

  async sendBody(body: Buffer, options: Partial<SendOptions> = {}): Promise<number> {
    const message = this.party.session.send({ contentType: 'message/cpim', body, ...options });
    const outcome = await this.#stage.run(message.done);
    if (outcome.kind === 'accepted') return 200;
    return outcome.kind === 'refused' ? outcome.status : 0;
  }

  async nickname(value: string): Promise<number> {
    const outcome = await this.#stage.run(this.party.session.request('NICKNAME', [{ name: 'Use-Nickname', value }]));
    return outcome.kind === 'response' ? outcome.response.status : 0;
  }

  subscribe(room = 'room', expires = 3600): Promise<void> {
    const subscription = this.agent.subscribe({
      to: `sip:${room}@${DOMAIN}`,
      event: 'conference',
      expires,
      accept: ['application/conference-info+xml'],
      onNotify: ({ request }) => {
        const state = request.headers.find(({ name }) => name === 'Subscription-State')?.value ?? '';
        this.subscriptionStates.push(state);
        const document = parseConference(request.body);
        if (document.ok) this.documents.push(document.value);
        return undefined;
      },
    });
    void subscription;
    return this.#stage.pass(100);
  }

  get texts(): string[] {
    return this.party.texts;
  }
}

/** Keeps the streams that connect, so that a test can stop reading from them. */
function stallable(network: Network, streams: ByteStream[]): Network {
  return {
    ...network,
    connect: async (to, security, timeoutMs) => {
      const result = await network.connect(to, security, timeoutMs);
      if (result.ok) streams.push(result.value);
      return result;
    },
  };
}

export function wrap(from: string, to: string, content: string | Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`From: <${from}>\r\nTo: <${to}>\r\n\r\nContent-Type: text/plain\r\n\r\n`),
    Buffer.from(content),
  ]);
}
