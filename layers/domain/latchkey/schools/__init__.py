"""Schools: the tenants, their settings, their logo, and finding one.

A school is made by the operator and never changes its slug. Settings hold the lives of links and codes, the roles that use the
school's own sign-in, the rule of approval, the language and the office's help line; ``settings_rules`` bounds each of them.
What loosens approval, and changes of the school's own sign-in, of the address of replies and of the lives of links, wait for a
second admin where there is one (``model/guard``); they stand in the school's item, and one conditional write decides them.
Public pages read schools that are at most a minute old (``kept_schools``); whatever decides reads the table.

Each public page has a copy in S3 (``publish_page``), written when a school is made or its settings change, and by the operator.

Called by: the portal's search and school page, the console's settings, the operator.
Tables: ``directory``, items ``SCHOOL`` and ``LOGO``. Bucket: the copies of pages.
"""
