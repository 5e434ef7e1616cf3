"""The people of a school: students, teachers, staff, parents, and who belongs to whom.

A person is ``active``, ``disabled`` (by an admin; no roster brings them back) or ``left``. Only an active one signs in, is sent
anything or is printed. Links and sessions carry the person's credential version and a stamp of address, role and
status, so that whatever raises or changes one of these ends them. The address that mail came back from is noted with the person
(``mail_problem``) and counts while the address is the same.

``people_filter`` says which people a list, a send or an export means. The index ``people`` holds them in list order.

Called by: the console's list of people and the person's page; nearly every package above reads the directory.
Tables: ``directory``, items ``PERSON``.
"""
