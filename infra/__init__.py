"""Latchkey on one machine: the local stack, its edge and inbox, the demo school, the operator's commands.

Nothing here is deployed. The system itself is template.yaml, functions/ and layers/.
"""
