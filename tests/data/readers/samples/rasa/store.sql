--
-- PostgreSQL database dump
--

SET statement_timeout = 0;
SET client_encoding = 'UTF8';

CREATE TABLE public.events (
    id integer NOT NULL,
    sender_id character varying(255) NOT NULL,
    type_name character varying(255) NOT NULL,
    "timestamp" double precision,
    intent_name character varying(255),
    action_name character varying(255),
    data text
);

COPY public.events (id, sender_id, type_name, "timestamp", intent_name, action_name, data) FROM stdin;
16	wx-客户3	action	1772355700.2	\N	action_listen	{"sender_id": "wx-\\u5ba2\\u62373", "event": "action", "timestamp": 1772355700.2, "name": "action_listen", "policy": null, "confidence": null}
8	web-4713	user	1772355609.0	damaged_item	\N	{"sender_id": "web-4713", "event": "user", "timestamp": 1772355609.0, "text": "My kettle leaks after two days.", "input_channel": "rest", "message_id": "m9", "parse_data": {"intent": {"name": "damaged_item", "confidence": 0.93}, "entities": [], "text": "My kettle leaks after two days.", "intent_ranking": [{"name": "damaged_item", "confidence": 0.93}]}, "metadata": {}}
1	web-4713	action	1772355600.0	\N	action_session_start	{"sender_id": "web-4713", "event": "action", "timestamp": 1772355600.0, "name": "action_session_start", "policy": null, "confidence": null}
13	web-4713	agent	1772355660.0	\N	\N	{"sender_id": "web-4713", "event": "agent", "timestamp": 1772355660.0, "text": "Yes. A new kettle leaves our depot today."}
15	wx-客户3	session_started	1772355700.1	\N	\N	{"sender_id": "wx-\\u5ba2\\u62373", "event": "session_started", "timestamp": 1772355700.1}
4	web-4713	user	1772355601.0	start	\N	{"sender_id": "web-4713", "event": "user", "timestamp": 1772355601.0, "text": "/SYSTEM-LINE{\\"from\\": \\"widget\\"}", "input_channel": "rest", "message_id": "m1", "parse_data": {"intent": {"name": "start", "confidence": 1.0}, "entities": [], "text": "/SYSTEM-LINE{\\"from\\": \\"widget\\"}", "intent_ranking": [{"name": "start", "confidence": 1.0}]}, "metadata": {}}
5	web-4713	action	1772355601.1	\N	utter_greet	{"sender_id": "web-4713", "event": "action", "timestamp": 1772355601.1, "name": "utter_greet", "policy": null, "confidence": null}
20	wx-客户3	rewind	1772355701.25	\N	\N	{"sender_id": "wx-\\u5ba2\\u62373", "event": "rewind", "timestamp": 1772355701.25}
18	wx-客户3	action	1772355701.1	\N	utter_default	{"sender_id": "wx-\\u5ba2\\u62373", "event": "action", "timestamp": 1772355701.1, "name": "utter_default", "policy": null, "confidence": null}
21	wx-客户3	slot	1772355701.3	\N	topic	{"sender_id": "wx-\\u5ba2\\u62373", "event": "slot", "timestamp": 1772355701.3, "name": "topic", "value": "invoice"}
14	wx-客户3	action	1772355700.0	\N	action_session_start	{"sender_id": "wx-\\u5ba2\\u62373", "event": "action", "timestamp": 1772355700.0, "name": "action_session_start", "policy": null, "confidence": null}
17	wx-客户3	user	1772355701.0	invoice_change	\N	{"sender_id": "wx-\\u5ba2\\u62373", "event": "user", "timestamp": 1772355701.0, "text": "\\u53d1\\u7968\\u62ac\\u5934\\u5199\\u9519\\u4e86\\uff0c\\u600e\\u4e48\\u6539\\uff1f", "input_channel": "rest", "message_id": "m101", "parse_data": {"intent": {"name": "invoice_change", "confidence": 0.93}, "entities": [], "text": "\\u53d1\\u7968\\u62ac\\u5934\\u5199\\u9519\\u4e86\\uff0c\\u600e\\u4e48\\u6539\\uff1f", "intent_ranking": [{"name": "invoice_change", "confidence": 0.93}]}, "metadata": {}}
22	wx-客户3	action	1772355701.4	\N	action_listen	{"sender_id": "wx-\\u5ba2\\u62373", "event": "action", "timestamp": 1772355701.4, "name": "action_listen", "policy": null, "confidence": null}
11	web-4713	action	1772355609.3	\N	action_listen	{"sender_id": "web-4713", "event": "action", "timestamp": 1772355609.3, "name": "action_listen", "policy": null, "confidence": null}
19	wx-客户3	bot	1772355701.2	\N	\N	{"sender_id": "wx-\\u5ba2\\u62373", "event": "bot", "timestamp": 1772355701.2, "text": "BOT-LINE \\u6ca1\\u6709\\u542c\\u61c2\\uff0c\\u8bf7\\u6362\\u4e00\\u79cd\\u8bf4\\u6cd5\\u3002", "data": {"elements": null, "quick_replies": null, "buttons": null, "attachment": null, "image": null, "custom": null}, "metadata": {}}
24	wx-客户3	agent	1772355750.0	\N	\N	{"sender_id": "wx-\\u5ba2\\u62373", "event": "agent", "timestamp": 1772355750.0, "text": "\\u8bf7\\u628a\\u6b63\\u786e\\u7684\\u62ac\\u5934\\u53d1\\u7ed9\\u6211\\u4eec\\uff0c\\u4eca\\u5929\\u5c31\\u80fd\\u91cd\\u5f00\\u3002"}
7	web-4713	action	1772355601.3	\N	action_listen	{"sender_id": "web-4713", "event": "action", "timestamp": 1772355601.3, "name": "action_listen", "policy": null, "confidence": null}
9	web-4713	action	1772355609.1	\N	utter_handoff	{"sender_id": "web-4713", "event": "action", "timestamp": 1772355609.1, "name": "utter_handoff", "policy": null, "confidence": null}
10	web-4713	bot	1772355609.2	\N	\N	{"sender_id": "web-4713", "event": "bot", "timestamp": 1772355609.2, "text": "BOT-LINE I call a colleague.", "data": {"elements": null, "quick_replies": null, "buttons": null, "attachment": null, "image": null, "custom": null}, "metadata": {}}
6	web-4713	bot	1772355601.2	\N	\N	{"sender_id": "web-4713", "event": "bot", "timestamp": 1772355601.2, "text": "Hi, I am a bot. BOT-LINE", "data": {"elements": null, "quick_replies": null, "buttons": null, "attachment": null, "image": null, "custom": null}, "metadata": {}}
12	web-4713	user	1772355620.0	replacement	\N	{"sender_id": "web-4713", "event": "user", "timestamp": 1772355620.0, "text": "Can I have a new one?", "input_channel": "rest", "message_id": "m20", "parse_data": {"intent": {"name": "replacement", "confidence": 0.93}, "entities": [], "text": "Can I have a new one?", "intent_ranking": [{"name": "replacement", "confidence": 0.93}]}, "metadata": {}}
23	wx-客户3	user	1772355710.0	invoice_change	\N	{"sender_id": "wx-\\u5ba2\\u62373", "event": "user", "timestamp": 1772355710.0, "text": "\\u53d1\\u7968\\u5f00\\u9519\\u4e86", "input_channel": "rest", "message_id": "m110", "parse_data": {"intent": {"name": "invoice_change", "confidence": 0.93}, "entities": [], "text": "\\u53d1\\u7968\\u5f00\\u9519\\u4e86", "intent_ranking": [{"name": "invoice_change", "confidence": 0.93}]}, "metadata": {}}
3	web-4713	action	1772355600.2	\N	action_listen	{"sender_id": "web-4713", "event": "action", "timestamp": 1772355600.2, "name": "action_listen", "policy": null, "confidence": null}
2	web-4713	session_started	1772355600.1	\N	\N	{"sender_id": "web-4713", "event": "session_started", "timestamp": 1772355600.1}
\.

--
-- PostgreSQL database dump complete
--
