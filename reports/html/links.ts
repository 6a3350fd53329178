/** Links inside the report; `page/route.js` reads them. */
export const scenarioLink = (id: string): string => `#s/${encodeURI(id.replace(/\p{Cs}/gu, '�'))}`;
export const requirementLink = (id: string): string => `#r/${encodeURI(id.replace(/\p{Cs}/gu, '�'))}`;
export const scenariosLink = (verdict: string): string => `#scenarios?verdict=${verdict}`;
