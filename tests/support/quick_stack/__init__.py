"""The product in one process, for what Chromium has to see of its pages: no template is deployed, nothing is packed.

The apps behind one address, the workers on their queues, tables in memory, S3, SQS and KMS by moto, a strict SES with the fates
of the local inbox. Each call is judged by its function's role, each item by the data register, as in all tests in the process.
What a page owes to the deployed stack (the edge, the pace of mails, Lambda) is looked at in tests/browser.
"""
