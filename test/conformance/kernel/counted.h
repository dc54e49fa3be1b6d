/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of kcovet, not of the kernel: included before the first line of kernel/kcov.c, so that ./driver.c counts what kcov allocates
 * and frees. What is allocated, where and with which flags stays as it is.
 */
#include <linux/slab.h>
#include <linux/vmalloc.h>

void *kcovet_allocated(void *object, const char *function, bool is_area);
void kcovet_freed(const void *object);

static __always_inline void *kcovet_kmalloc(size_t bytes, gfp_t flags)
{
	return kmalloc(bytes, flags);
}

static __always_inline void *kcovet_kzalloc(size_t bytes, gfp_t flags)
{
	return kzalloc(bytes, flags);
}

static __always_inline void *kcovet_vmalloc(unsigned long bytes)
{
	return vmalloc(bytes);
}

static __always_inline void *kcovet_vmalloc_user(unsigned long bytes)
{
	return vmalloc_user(bytes);
}

static __always_inline void kcovet_kfree(const void *object)
{
	kcovet_freed(object);
	kfree(object);
}

static __always_inline void kcovet_vfree(const void *area)
{
	kcovet_freed(area);
	vfree(area);
}

#undef kmalloc
#undef kzalloc
#undef vmalloc
#undef vmalloc_user
#undef kfree
#undef vfree
#define kmalloc(bytes, flags) kcovet_allocated(kcovet_kmalloc(bytes, flags), __func__, false)
#define kzalloc(bytes, flags) kcovet_allocated(kcovet_kzalloc(bytes, flags), __func__, false)
#define vmalloc(bytes) kcovet_allocated(kcovet_vmalloc(bytes), __func__, true)
#define vmalloc_user(bytes) kcovet_allocated(kcovet_vmalloc_user(bytes), __func__, true)
#define kfree(object) kcovet_kfree(object)
#define vfree(area) kcovet_vfree(area)
/* kcov has its own. */
#undef pr_fmt
