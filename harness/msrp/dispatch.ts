import type { IncomingRequest, RequestSink } from './incoming.ts';
import { failureReportOf } from './send-head.ts';

export type RequestHandler = (request: IncomingRequest) => RequestSink | undefined;

/** Methods by name, as on the wire; any other is answered with 501 (RFC 4975 §12), AUTH too by one that is no relay. */
export function dispatch(methods: Readonly<Record<string, RequestHandler>>): RequestHandler {
  const known = new Map(Object.entries(methods));
  return (request) => {
    const handler = known.get(request.method);
    if (handler !== undefined) return handler(request);
    // RFC 4975 §7.2 speaks of Failure-Report in any request.
    if (failureReportOf(request.head) !== 'no') request.respond(501, 'Unknown method');
    return undefined;
  };
}
