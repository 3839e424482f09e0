"""Destroying papers whose term is over: what is due, who authorises it, and that nothing is left."""
