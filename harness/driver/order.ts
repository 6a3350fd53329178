/** What a client under test is told to do. On the way to it, an order is this object as JSON. */
export type Order =
  | {
      readonly do: 'join';
      /** SIP URI to call; its host, port and transport say where requests go. */
      readonly room: string;
      /** SIP URI to appear as; a client with an account of its own may appear under that. */
      readonly as: string;
    }
  /** `to`: URI of the one whom alone the message is for; absent: the room. */
  | { readonly do: 'send'; readonly text: string; readonly to?: string }
  /** The empty nickname gives up the one in use. */
  | { readonly do: 'nickname'; readonly nickname: string }
  /** Subscribes to the conference package, and shows the list of users as it changes. */
  | { readonly do: 'roster' }
  | { readonly do: 'leave' };

export type OrderName = Order['do'];

export const orderNames: readonly OrderName[] = ['join', 'send', 'nickname', 'roster', 'leave'];
