/** @module The description of the API, OpenAPI 3.1, its schemas printed from zod. https://spec.openapis.org/oas/v3.1.0 */
import { z } from 'zod';
import { reviewSchema } from '../review/schema.js';
import { ORIGINS, VERSION_STATES } from '../store/submission-store.js';
import { errorSchema, progressSchema, queuedSchema, submissionsSchema, uploadSchema, versionSchema, versionsSchema } from './api-schema.js';
import { UPLOAD_MAX } from './upload-limit.js';

const SCHEMAS = { Review: reviewSchema, Upload: uploadSchema, Queued: queuedSchema, Submissions: submissionsSchema, Versions: versionsSchema, Version: versionSchema, Progress: progressSchema, Error: errorSchema } as const;

function schema(name: keyof typeof SCHEMAS): object {
  return { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } };
}

function answer(description: string, name?: keyof typeof SCHEMAS): object {
  return { description, ...(name === undefined ? {} : { content: schema(name) }) };
}

/** A parameter, which is a text where nothing else is said. */
function parameter(name: string, place: 'path' | 'query' | 'header', more: { readonly description: string; readonly schema?: object }): object {
  return { name, in: place, required: place === 'path', schema: { type: 'string' }, ...more };
}

const id = parameter('id', 'path', { description: 'Id of the submission: 12 hexadecimal digits.' });
const number = parameter('n', 'path', { description: 'Number of the version, from 1.', schema: { type: 'integer', minimum: 1 } });
const missing = { 401: answer('The token is missing.', 'Error'), 404: answer('There is none.', 'Error') };

const plainPatch = { schema: { type: 'string' } };

const post = {
  summary: 'Has a patch reviewed', security: [{ token: [] }],
  parameters: [
    parameter('assume', 'query', { description: 'With a patch as text: what is taken for granted; may be repeated.' }), parameter('scenarios', 'query', { description: 'With a patch as text: a scenario that is searched; may be repeated.' }),
    parameter('title', 'query', { description: 'With a patch as text: what it is called.' }),
    parameter('private', 'query', { description: 'With a patch as text: whether only those who may act see it; true where it is left out.', schema: { type: 'boolean' } }),
  ],
  requestBody: { required: true, content: { 'text/plain': plainPatch, 'message/rfc822': plainPatch, 'application/mbox': plainPatch, ...schema('Upload') } },
  responses: {
    202: { ...answer('It is queued; the same patch with the same options is reviewed once.', 'Queued'), headers: { Location: { schema: { type: 'string' }, description: 'Path of its review.' } } },
    400: answer('It is not in one of these forms.', 'Error'), 401: answer('The token is missing.', 'Error'), 413: answer(`The body has more than ${UPLOAD_MAX} bytes.`, 'Error'), 422: answer('There is no patch in it.', 'Error'),
    503: { ...answer('The queue or the store does not answer.', 'Error'), headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds after which to send it again.' } } },
  },
};

const list = {
  summary: 'Lists submissions, the one that changed last first',
  parameters: [
    parameter('q', 'query', { description: 'Words in title, author or where.' }), parameter('origin', 'query', { description: 'Where it is from.', schema: { enum: [...ORIGINS] } }),
    parameter('state', 'query', { description: 'Of the newest version.', schema: { enum: [...VERSION_STATES] } }), parameter('result', 'query', { description: 'Whether it asks something.', schema: { enum: ['asks', 'silent'] } }),
    parameter('after', 'query', { description: 'Where to go on, as next has it.' }),
  ],
  responses: { 200: answer('A stretch of the list.', 'Submissions'), 401: answer('The token is missing.', 'Error') },
};

const events = {
  summary: 'Progress of the newest version, as server-sent events', parameters: [id, parameter('Last-Event-ID', 'header', { description: 'The event that was seen last.' })],
  responses: { 200: { description: 'Events "progress", then one "end"; the data of each is a Progress.', content: { 'text/event-stream': { schema: { $ref: '#/components/schemas/Progress' } } } }, 503: answer('Too many listen.', 'Error'), ...missing },
};

const review = {
  summary: 'The review of a version', parameters: [id, number],
  responses: { 200: answer('The review.', 'Review'), 202: answer('There is none yet.', 'Version'), 409: answer('There is none, and there will be none.', 'Version'), ...missing },
};

const patchset = {
  summary: 'The patch set of a mail, as b4 review asks for it (b4.sashiko-url)', parameters: [parameter('id', 'query', { description: 'Message-ID of the cover letter or of a patch.' })],
  responses: { 200: answer('The patch set with what was reviewed of it.'), 400: answer('No Message-ID was given.', 'Error'), ...missing },
};

/** The description, for a version of kcovet. */
export function openApi(version: string): object {
  return {
    openapi: '3.1.0', info: { title: 'kcovet', version, description: 'Reviews of kernel patches that touch KCOV.', license: { name: 'GPL-2.0-only', identifier: 'GPL-2.0-only' } },
    paths: {
      '/api/reviews': { get: list, post }, '/api/reviews/{id}': { get: { summary: 'A submission with its versions', parameters: [id], responses: { 200: answer('The submission.', 'Versions'), ...missing } } },
      '/api/reviews/{id}/{n}': { get: review }, '/api/reviews/{id}/events': { get: events }, '/api/patchset': { get: patchset },
    },
    components: {
      schemas: Object.fromEntries(Object.entries(SCHEMAS).map(([name, one]) => [name, z.toJSONSchema(one, { io: 'input' })])),
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}
