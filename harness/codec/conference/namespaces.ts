/** RFC 4575 §4.2. */
export const conferenceNamespace = 'urn:ietf:params:xml:ns:conference-info';

/** Of RFC 6501; RFC 7701 §9.6 qualifies the nickname with it. */
export const xconNamespace = 'urn:ietf:params:xml:ns:xcon-conference-info';
