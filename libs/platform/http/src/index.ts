export { insufficientScope } from './access-guard.js';
export { bootstrap, type HttpServices, type RunningServer } from './http-server.js';
export { decodeCursor, encodeCursor, OF_ALL, pageOf, pageOfWhole, type ListOf } from './list-cursor.js';
export { notFound, Problem, type ProblemDetail } from './problem.js';
export { requireCsrfToken, SessionCookie } from './session-cookie.js';
export { BodyAs, type BodyOptions } from './route-body.js';
