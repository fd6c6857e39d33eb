import type { Ack, SocketRequestName } from '@parlance/contracts';
import { tabTopic } from '../tabs/tab-channel';

/*
 * What a leading tab and those that follow it tell each other. A leader's name is given once and stands for one tab, one
 * person and one time of leading (`LeadBid`); whoever follows somebody else passes over what carries it. Each is one packet of
 * the socket or less, and nothing is gathered: as large as the server makes it, or as `FRAME` allows.
 */

/** Whether the leader is connected: to each change, and to each `HELLO`. */
export const STANDING = tabTopic<{ leader: string; isConnected: boolean }>('connection:standing');
/** A fact from the server. */
export const FACT = tabTopic<{ leader: string; event: string; fact: unknown }>('connection:fact');
/** A follower wants to know how the leader's connection stands. */
export const HELLO = tabTopic<{ leader: string }>('connection:hello');
/** A follower asks the server something. `payload` is JSON, absent for none: exactly what will be on the wire. */
export const REQUEST = tabTopic<{
  leader: string;
  tab: string;
  id: number;
  event: SocketRequestName;
  payload: string | undefined;
}>('connection:request');
/** What the server, or else the leader, says to a request. */
export const ANSWER = tabTopic<{ tab: string; id: number; ack: Ack<unknown> }>('connection:answer');
/** A follower is gone, or follows somebody else. */
export const BYE = tabTopic<{ leader: string; tab: string }>('connection:bye');
