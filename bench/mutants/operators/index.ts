/** @module All operators, in the order of the table. */
import type { Operator } from '../operator.js';
import { declarations } from './declarations.js';
import { flow } from './flow.js';
import { locks } from './locks.js';
import { mixups } from './mixups.js';
import { moves } from './moves.js';
import { naming } from './naming.js';
import { orders } from './orders.js';
import { shapes } from './shapes.js';
import { statements } from './statements.js';
import { values } from './values.js';
import { writing } from './writing.js';

export const operators: readonly Operator[] = [...orders, ...locks, ...statements, ...values, ...flow, ...moves, ...mixups, ...naming, ...writing, ...shapes, ...declarations];
