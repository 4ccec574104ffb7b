"""MAINTAINERS files, as Linux, QEMU and U-Boot have them: who looks after which files. Over text alone."""
