/*
 * This file is part of ttm.
 *
 * ttm is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * ttm is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with ttm; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */


/** @file Prints what a frei0r plugin declares: "name=default" of each parameter. */

#include <dlfcn.h>
#include <frei0r.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    void *file = argc == 2 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    void (*get_plugin_info)(f0r_plugin_info_t *info);
    void (*get_param_info)(f0r_param_info_t *info, int index);
    void (*get_param_value)(f0r_instance_t instance, f0r_param_t value, int index);
    f0r_instance_t (*construct)(unsigned width, unsigned height);
    void (*destruct)(f0r_instance_t instance);
    f0r_instance_t instance;
    f0r_plugin_info_t info;

    if (!file) {
        fprintf(stderr, "params PLUGIN: %s\n", argc == 2 ? dlerror() : "no plugin");
        return 1;
    }
    *(void **)&get_plugin_info = dlsym(file, "f0r_get_plugin_info");
    *(void **)&get_param_info  = dlsym(file, "f0r_get_param_info");
    *(void **)&get_param_value = dlsym(file, "f0r_get_param_value");
    *(void **)&construct       = dlsym(file, "f0r_construct");
    *(void **)&destruct        = dlsym(file, "f0r_destruct");
    get_plugin_info(&info);
    instance = construct(64, 64);
    for (int i = 0; i < info.num_params; i++) {
        f0r_param_info_t param;
        char *value = NULL;

        get_param_info(&param, i);
        get_param_value(instance, &value, i);
        printf("%s=%s\n", param.name, value);
    }
    destruct(instance);
    return dlclose(file);
}
