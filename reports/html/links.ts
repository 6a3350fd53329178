/** Links inside the report; `page/route.js` reads them. */
export const scenarioLink = (id: string): string => `#s/${encoded(id)}`;
export const requirementLink = (id: string): string => `#r/${encoded(id)}`;
export const scenariosLink = (verdict: string): string => `#scenarios?verdict=${verdict}`;

const encoded = (id: string): string => encodeURIComponent(id.replace(/\p{Cs}/gu, '\ufffd')).replaceAll('%2F', '/');
