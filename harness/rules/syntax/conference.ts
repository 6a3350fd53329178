import type {
  ConferenceDocument,
  ConferenceEndpoint,
  ConferenceExecution,
  ConferenceUser,
} from '../../codec/conference/document.ts';
import { always, type Occasion, when } from './occasion.ts';

const users = (document: ConferenceDocument): readonly ConferenceUser[] =>
  document.state === 'deleted' ? [] : (document.users?.list ?? []);

const isFull = ({ state = 'full' }: ConferenceDocument): boolean => state === 'full';

const someUser =
  (test: (user: ConferenceUser) => boolean) =>
  (document: ConferenceDocument): boolean =>
    users(document).some(test);

const someEndpoint = (test: (endpoint: ConferenceEndpoint) => boolean): ((document: ConferenceDocument) => boolean) =>
  someUser(({ endpoints }) => endpoints.some(test));

const executionsOf = ({ referred, joiningInfo, disconnectionInfo }: ConferenceEndpoint): ConferenceExecution[] =>
  [referred, joiningInfo, disconnectionInfo].filter((one) => one !== undefined);

export const conferenceOccasions: readonly Occasion<ConferenceDocument>[] = [
  when(
    always,
    'RFC4575-4.1-01',
    'RFC4575-4.1-02',
    'RFC4575-4.2-01',
    'RFC4575-4.3-01',
    'RFC4575-4.5-03',
    'RFC4575-6-01',
  ),
  when(isFull, 'RFC4575-5.2-05'),
  when((document) => isFull(document) && users(document).length > 0, 'RFC4575-4.4-03'),
  when((document) => document.state === 'partial' && document.users !== undefined, 'RFC4575-4.4-02'),
  when(
    someUser(({ state, endpoints }) => state === 'deleted' || endpoints.some((one) => one.state === 'deleted')),
    'RFC4575-4.4-05',
  ),
  when((document) => users(document).length > 1, 'RFC4575-4.5-01'),
  when(
    someUser(({ endpoints }) => endpoints.length > 1),
    'RFC4575-5.7-01',
  ),
  when(
    someUser(({ endpoints }) => endpoints.some((endpoint) => endpoint.status !== undefined)),
    'RFC4575-5.7.3-01',
  ),
  when(
    someEndpoint(({ media = [] }) => media.some(({ type }) => type === 'message')),
    'RFC4575-5.8.2-01',
  ),
  when(({ conferenceUris = [] }) => conferenceUris.length > 0, 'RFC4575-5.3.1-01', 'RFC4575-5.3.1-02'),
  when(({ serviceUris = [] }) => serviceUris.length > 0, 'RFC4575-5.3.2-01', 'RFC4575-5.3.2-02'),
  when(({ availableMedia = [] }) => availableMedia.some(({ type }) => type === 'message'), 'RFC4575-5.3.4-01'),
  when(({ availableMedia = [] }) => availableMedia.some(({ status }) => status !== undefined), 'RFC4575-5.3.4-02'),
  when(
    (document) =>
      document.availableMedia !== undefined &&
      someEndpoint(({ media = [] }) => media.some(({ label }) => label !== undefined))(document),
    'RFC4575-5.8.3-01',
  ),
  when(
    someEndpoint(({ media = [] }) => media.length > 0),
    'RFC4575-5.8-01',
  ),
  when(
    someEndpoint((endpoint) => executionsOf(endpoint).some(({ when: time }) => time !== undefined)),
    'RFC4575-5.7.7-01',
  ),
  when(
    someEndpoint((endpoint) => executionsOf(endpoint).some(({ reason }) => reason !== undefined)),
    'RFC4575-5.7.7-02',
  ),
  when(
    someUser(({ nickname }) => nickname?.form === 'xcon'),
    'RFC6501-4.6.3-01',
  ),
];
