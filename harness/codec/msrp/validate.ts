import type { Defect, Violation } from '../violation.ts';
import { broken } from './broken.ts';
import { containsEndLine } from './end-line.ts';
import { isIdent } from './ident.ts';
import { isMediaType } from './media-type.ts';
import { headerOf, type MsrpHeader, type MsrpMessage, type MsrpRequest, type MsrpResponse } from './message.ts';
import { isUtf8Text, tokenPattern } from './token.ts';
import { checkByteRange } from './validate-byte-range.ts';
import { violationsOf } from './validate-defect.ts';
import { checkNickname } from './validate-nickname.ts';
import { checkPaths } from './validate-path.ts';
import { checkReport } from './validate-report.ts';

const headerName = new RegExp(`^[A-Za-z](?:${tokenPattern})?$`);

/** RFC 4975 §7.1: requests other than SEND have no longer body. */
const longestOtherBody = 10240;

/**
 * Every requirement that one message alone shows to be broken, with the defects the parser noted. What RFC 4975 leaves
 * open, and what part 5 of the MSRP notes lets pass by default, is not among them: see `msrpOddities`.
 */
export function validateMsrp(message: MsrpMessage, defects: readonly Defect[]): Violation[] {
  return [
    ...defects.flatMap((defect) => violationsOf(defect, message)),
    ...checkIdent(message.transactionId, 'the transaction identifier'),
    ...checkPaths(message.headers),
    ...message.headers.flatMap(checkHeader),
    ...(message.kind === 'request' ? checkRequest(message, defects) : checkResponse(message)),
  ];
}

function checkRequest(request: MsrpRequest, defects: readonly Defect[]): Violation[] {
  return [
    ...checkMethod(request.method),
    ...(request.body === undefined || meansNoBody(request, defects)
      ? checkBodiless(request)
      : checkContent(request, request.body)),
    ...(request.method === 'SEND' ? checkByteRange(request) : checkOther(request)),
    ...(request.method === 'REPORT' ? checkReport(request) : []),
    ...checkNickname(request),
  ];
}

function checkMethod(method: string): Violation[] {
  if (/^[A-Z]+$/.test(method)) return [];
  const violations = [broken('RFC4975-9-06', `method ${JSON.stringify(method)} is not made of capital letters`)];
  if (method.toUpperCase() === 'NICKNAME') {
    violations.push(broken('RFC7701-7.1-32', `method ${method} is not NICKNAME in capitals`));
  }
  return violations;
}

function checkContent(request: MsrpRequest, body: Buffer): Violation[] {
  const violations: Violation[] = [];
  const last = request.headers.length - 1;
  const types = request.headers.flatMap(({ name }, index) => (name.toLowerCase() === 'content-type' ? [index] : []));
  if (types.length === 0) violations.push(...bothBroken('RFC4975-7.1-05', 'a body but no Content-Type'));
  for (const index of types) {
    if (index === last) continue;
    const next = request.headers[index + 1]?.name;
    violations.push(...bothBroken('RFC4975-7.1-07', `header ${next} stands behind Content-Type`));
  }
  if (containsEndLine(body, request.transactionId)) {
    violations.push(broken('RFC4975-7.1-20', 'the body contains the end-line of its own request'));
  }
  if (request.method === 'SEND' && headerOf(request, 'Message-ID') === undefined) {
    violations.push(broken('RFC4975-7.1.1-04', 'a SEND with a body but no Message-ID'));
  }
  if (request.method === 'SEND' && body.length > 0 && headerOf(request, 'Byte-Range') === undefined) {
    violations.push(broken('RFC4975-7.1.1-17', 'a SEND with content but no Byte-Range'));
  }
  return violations;
}

/** The rule in words, and the grammar of content that says the same. */
const bothBroken = (requirement: string, message: string): Violation[] => [
  broken(requirement, message),
  broken('RFC4975-9-18', message),
];

function checkBodiless(request: MsrpRequest): Violation[] {
  const mime = request.headers.filter(({ name }) => name.toLowerCase().startsWith('content-'));
  return mime.map(({ name }) => broken('RFC4975-7.1-11', `header ${name} although there is no body`));
}

/** With an empty line, an end-line right behind it and no Content-Type, no body was meant (RFC 4975 §7.1). */
function meansNoBody(request: MsrpRequest, defects: readonly Defect[]): boolean {
  return headerOf(request, 'Content-Type') === undefined && defects.some(({ kind }) => kind === 'short-empty-body');
}

function checkOther(request: MsrpRequest): Violation[] {
  const violations: Violation[] = [];
  if (request.flag !== '$') {
    const message = `${request.method} ends with ${request.flag}, although only SEND is chunked`;
    violations.push(broken('RFC4975-7.1-09', message), broken('RFC4975-5.1-05', message));
  }
  if (request.body !== undefined && request.body.length > longestOtherBody) {
    violations.push(broken('RFC4975-7.1-10', `${request.method} with a body of ${request.body.length} octets`));
  }
  return violations;
}

function checkResponse(response: MsrpResponse): Violation[] {
  const violations: Violation[] = [];
  if (response.flag !== '$') violations.push(broken('RFC4975-7.2-08', `a response that ends with ${response.flag}`));
  if (response.body !== undefined) violations.push(broken('RFC4975-9-02', 'a response with a body'));
  if (response.comment !== undefined && !isUtf8Text(response.comment)) {
    violations.push(broken('RFC4975-9-27', 'a control character in the comment'));
  }
  return violations;
}

function checkHeader({ name, value }: MsrpHeader): Violation[] {
  const violations = checkValue(name, value);
  // A missing name is a defect of its own.
  if (name !== '' && !headerName.test(name)) {
    violations.push(broken('RFC4975-9-26', `header name ${JSON.stringify(name)} is not a letter and a token`));
  }
  if (!isUtf8Text(value)) violations.push(broken('RFC4975-9-27', `a control character in header ${name}`));
  return violations;
}

function checkValue(name: string, value: string): Violation[] {
  switch (name.toLowerCase()) {
    case 'message-id':
      return checkIdent(value, 'Message-ID');
    case 'success-report':
      return /^(?:yes|no)$/i.test(value) ? [] : wrongWish('RFC4975-9-14', name, value);
    case 'failure-report':
      return /^(?:yes|no|partial)$/i.test(value) ? [] : wrongWish('RFC4975-9-15', name, value);
    case 'content-type':
      return isMediaType(value) ? [] : [broken('RFC4975-9-19', `Content-Type is ${JSON.stringify(value)}`)];
    case 'content-transfer-encoding':
      return isIdentity(value)
        ? []
        : [broken('RFC4975-7.1.1-40', `Content-Transfer-Encoding is ${JSON.stringify(value)}`)];
    default:
      return [];
  }
}

/** The grammar of the header, and the values that RFC 4975 §5.3 gives it. */
function wrongWish(requirement: string, name: string, value: string): Violation[] {
  const message = `${name} is ${JSON.stringify(value)}`;
  return [broken(requirement, message), broken('RFC4975-5.3-04', message)];
}

function checkIdent(text: string, what: string): Violation[] {
  if (isIdent(text)) return [];
  return [broken('RFC4975-9-13', `${what} ${JSON.stringify(text)} is not 4 to 32 letters, digits and . - + % =`)];
}

/** Encodings that change nothing; naming one is an oddity only (RFC4975-7.1.1-40). */
export function isIdentity(encoding: string): boolean {
  return /^(?:binary|8bit|7bit)$/i.test(encoding.trim());
}
