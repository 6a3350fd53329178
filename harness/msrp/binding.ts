/** How a session stands when a request for it arrives on connection `C`. */
export type SessionStanding<C> =
  | { readonly kind: 'unbound' }
  | { readonly kind: 'bound'; readonly connection: C }
  /** Closed, or its connection was lost: the URI is no longer known (RFC 4975 §5.4). */
  | { readonly kind: 'ended' };

/** What the paths of a request say about whom it is for. */
export type Destination<C> =
  /** To-Path is missing, or holds something that is no MSRP URI. */
  | { readonly kind: 'unreadable' }
  /** Two or more URIs: an endpoint is always the last hop (RFC 4975 §7.3). */
  | { readonly kind: 'not-last-hop' }
  | { readonly kind: 'no-session' }
  | { readonly kind: 'session'; readonly standing: SessionStanding<C> };

export type Binding =
  | { readonly kind: 'process' }
  | { readonly kind: 'bind' }
  | { readonly kind: 'refuse'; readonly status: 400 | 481 | 506; readonly comment: string };

const refuse = (status: 400 | 481 | 506, comment: string): Binding => ({ kind: 'refuse', status, comment });

/**
 * Decides by the destination alone, before method and content are looked at (RFC 4975 §5.4, §7.3, §10.10).
 * A REPORT never binds: it cannot be the first request of a session.
 */
export function decideBinding<C>(destination: Destination<C>, connection: C, method: string): Binding {
  switch (destination.kind) {
    case 'unreadable':
      return refuse(400, 'Path not understood');
    case 'not-last-hop':
      return refuse(481, 'Not a relay');
    case 'no-session':
      return refuse(481, 'No such session');
    case 'session': {
      const { standing } = destination;
      switch (standing.kind) {
        case 'ended':
          return refuse(481, 'Session ended');
        case 'unbound':
          return { kind: method === 'REPORT' ? 'process' : 'bind' };
        case 'bound':
          return standing.connection === connection
            ? { kind: 'process' }
            : refuse(506, 'Session bound to another connection');
      }
    }
  }
}
